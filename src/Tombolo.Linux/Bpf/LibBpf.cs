using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tombolo.Linux.Bpf;

/// <summary>libbpf's calls that read an ELF object, its BTF, and load it; everything else is the raw system call.</summary>
internal static unsafe partial class LibBpf
{
    private const string Library = "libbpf.so.1";

    [ThreadStatic]
    private static List<string>? warnings;

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint bpf_object__open_file(string path, nint options);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_object__load(nint handle);

    [LibraryImport(Library)]
    public static partial void bpf_object__close(nint handle);

    [LibraryImport(Library)]
    public static partial nint bpf_object__next_map(nint handle, nint previous);

    [LibraryImport(Library)]
    public static partial nint bpf_object__next_program(nint handle, nint previous);

    [LibraryImport(Library)]
    public static partial nint bpf_map__name(nint map);

    [LibraryImport(Library)]
    public static partial int bpf_map__fd(nint map);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_map__set_max_entries(nint map, uint entries);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_map__set_autocreate(nint map, [MarshalAs(UnmanagedType.U1)] bool create);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int bpf_map__set_pin_path(nint map, string path);

    [LibraryImport(Library)]
    public static partial void* bpf_map__initial_value(nint map, nuint* size);

    [LibraryImport(Library)]
    public static partial nint bpf_program__name(nint program);

    [LibraryImport(Library)]
    public static partial int bpf_program__fd(nint program);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_program__set_log_buf(nint program, byte* log, nuint size);

    /// <summary>Runs a call and gathers what libbpf warns of meanwhile: its error codes alone seldom say why.</summary>
    public static T Listening<T>(Func<T> call, out IReadOnlyList<string> said)
    {
        warnings = [];
        libbpf_set_print(&Print);
        try
        {
            return call();
        }
        finally
        {
            said = warnings;
            warnings = null;
        }
    }

    [LibraryImport(Library)]
    private static partial nint libbpf_set_print(delegate* unmanaged[Cdecl]<int, byte*, nint, int> print);

    [LibraryImport("libc")]
    private static partial int vsnprintf(byte* text, nuint size, byte* format, nint arguments);

    // A va_list goes by pointer on x86-64 (an array type) and on arm64 (a composite of over 16 octets): handed on as it came.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, nint arguments)
    {
        const int warning = 0;
        if (level != warning || warnings is null)
        {
            return 0;
        }
        var text = stackalloc byte[1024];
        if (vsnprintf(text, 1024, format, arguments) > 0)
        {
            warnings.Add((Marshal.PtrToStringUTF8((nint)text) ?? "").Trim());
        }
        return 0;
    }
}
