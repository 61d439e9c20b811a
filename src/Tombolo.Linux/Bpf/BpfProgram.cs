using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux.Bpf;

/// <summary>What a test run gave: the program's verdict, the packet and the context as it left them.</summary>
public readonly record struct TestRun(int Verdict, byte[] Packet, SkBuff Context, TimeSpan Duration);

/// <summary>A loaded program.</summary>
public sealed unsafe class BpfProgram : IDisposable
{
    internal BpfProgram(string name, SafeFileHandle handle)
    {
        Name = name;
        Handle = handle;
    }

    public string Name { get; }

    internal SafeFileHandle Handle { get; }

    /// <summary>The kernel's number of it.</summary>
    public uint Id => Info(4);

    /// <summary>The kernel made machine code of it.</summary>
    public bool IsCompiled => Info(16) > 0;

    /// <summary>
    /// Runs the program on a packet (14 octets at least) without sending it anywhere. The context's interface must be in the
    /// calling thread's namespace: see <see cref="Netns.Run{T}(string, Func{T})"/>.
    /// </summary>
    /// <param name="repeat">Above 1 only for timing; a program that encapsulates fails from the second time on.</param>
    public TestRun Test(ReadOnlySpan<byte> packet, SkBuff context, int repeat = 1)
    {
        var output = new byte[packet.Length + 512];
        SkBuff after = default;
        Argument argument;
        fixed (byte* first = packet)
        fixed (byte* room = output)
        {
            argument = new Argument
            {
                Program = (uint)BpfCall.Fd(Handle),
                PacketSize = (uint)packet.Length,
                OutputSize = (uint)output.Length,
                Packet = (ulong)first,
                Output = (ulong)room,
                Repeat = (uint)repeat,
                ContextSize = (uint)sizeof(SkBuff),
                ContextOutSize = (uint)sizeof(SkBuff),
                Context = (ulong)(&context),
                ContextOut = (ulong)(&after),
            };
            BpfCall.Do(BpfCall.ProgramTestRun, &argument, "test run of", Name);
        }
        return new TestRun(
            (int)argument.Verdict,
            output[..(int)argument.OutputSize],
            after,
            TimeSpan.FromTicks(argument.Nanoseconds / TimeSpan.NanosecondsPerTick)
        );
    }

    public void Dispose() => Handle.Dispose();

    // struct bpf_prog_info: type, id, tag of 8 octets, jited_prog_len
    private uint Info(int at)
    {
        Span<byte> info = stackalloc byte[232];
        info.Clear();
        BpfCall.Info(Handle, info, Name);
        return MemoryMarshal.Read<uint>(info[at..]);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Argument
    {
        public uint Program;
        public uint Verdict;
        public uint PacketSize;
        public uint OutputSize;
        public ulong Packet;
        public ulong Output;
        public uint Repeat;
        public uint Nanoseconds;
        public uint ContextSize;
        public uint ContextOutSize;
        public ulong Context;
        public ulong ContextOut;
        public uint Flags;
        public uint Cpu;
        public uint BatchSize;
        public uint Pad;
    }
}
