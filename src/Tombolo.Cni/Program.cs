using Tombolo.Cni;

return await Plugin.RunAsync(
    Environment.GetEnvironmentVariable,
    Console.OpenStandardInput(),
    Console.OpenStandardOutput(),
    TimeProvider.System
);
