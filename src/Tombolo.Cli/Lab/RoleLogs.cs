using Microsoft.Extensions.Logging;

namespace Tombolo.Cli.Lab;

/// <summary>Logs of a role: a line each, to standard output, which its supervisor keeps in a file.</summary>
internal static class RoleLogs
{
    public static ILoggerFactory Create() =>
        LoggerFactory.Create(logging =>
            logging
                .SetMinimumLevel(LogLevel.Information)
                .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
                .AddSimpleConsole(console =>
                {
                    console.SingleLine = true;
                    console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                    console.UseUtcTimestamp = true;
                })
        );
}
