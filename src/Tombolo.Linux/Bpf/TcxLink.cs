using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux.Bpf;

/// <summary>
/// A program's attachment to a device. Pinned, it outlives its maker; its program can be replaced without a moment
/// between.
/// </summary>
public sealed unsafe class TcxLink : IDisposable
{
    private readonly SafeFileHandle handle;
    private readonly string name;

    internal TcxLink(SafeFileHandle handle, string name)
    {
        this.handle = handle;
        this.name = name;
    }

    /// <summary>The device, in the caller's namespace; 0 once it is gone: the link is severed and good for nothing.</summary>
    public int IfIndex => (int)Info().IfIndex;

    public TcxHook Hook => (TcxHook)Info().Hook;

    /// <summary>The attached program's number.</summary>
    public uint ProgramId => Info().Program;

    /// <summary>Attaches behind the programs that are there.</summary>
    public static TcxLink Attach(BpfProgram program, int ifIndex, TcxHook hook)
    {
        var argument = new Create
        {
            Program = (uint)BpfCall.Fd(program.Handle),
            IfIndex = (uint)ifIndex,
            Hook = (uint)hook,
        };
        var name = $"{program.Name} to {hook} of link {ifIndex}";
        var fd = BpfCall.Do(BpfCall.LinkCreate, &argument, "attach", name);
        return new TcxLink(new SafeFileHandle(fd, ownsHandle: true), name);
    }

    public void Pin(string path) => BpfCall.Pin(handle, path);

    /// <summary>Replaces the program; each packet meets the old or the new one.</summary>
    /// <returns>False if the link is severed (ENOLINK): its device is gone.</returns>
    public bool TryUpdate(BpfProgram program)
    {
        var argument = new Update { Link = (uint)BpfCall.Fd(handle), Program = (uint)BpfCall.Fd(program.Handle) };
        if (BpfCall.Try(BpfCall.LinkUpdate, &argument) == 0)
        {
            return true;
        }
        var failure = LinuxException.Last("bpf: replace program of", name);
        return failure.Errno == Errno.ENOLINK ? false : throw failure;
    }

    /// <summary>Takes the program off the device now, whoever else holds or pins the link.</summary>
    public void Detach()
    {
        var argument = new Update { Link = (uint)BpfCall.Fd(handle) };
        if (BpfCall.Try(BpfCall.LinkDetach, &argument) < 0)
        {
            var failure = LinuxException.Last("bpf: detach", name);
            if (failure.Errno != Errno.ENOLINK)
            {
                throw failure;
            }
        }
    }

    public void Dispose() => handle.Dispose();

    private LinkInfo Info()
    {
        Span<byte> info = stackalloc byte[64];
        info.Clear();
        BpfCall.Info(handle, info, name);
        return MemoryMarshal.Read<LinkInfo>(info);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Create
    {
        public uint Program;
        public uint IfIndex;
        public uint Hook;
        public uint Flags;
        public uint Relative;
        public uint Pad;
        public ulong Revision;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Update
    {
        public uint Link;
        public uint Program;
        public uint Flags;
        public uint OldProgram;
    }

    /// <summary><c>struct bpf_link_info</c> of a tcx link.</summary>
    private readonly record struct LinkInfo(uint Type, uint Id, uint Program, uint Pad, uint IfIndex, uint Hook);
}
