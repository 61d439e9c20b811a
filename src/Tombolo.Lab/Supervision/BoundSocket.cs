using System.Net;
using System.Net.Sockets;

namespace Tombolo.Lab.Supervision;

/// <summary>
/// A TCP socket bound to 127.0.0.1 of the machine, for a role elsewhere to listen on: a socket stays in the namespace that it
/// was made in.
/// </summary>
public sealed class BoundSocket : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <param name="port">Taken if it is free; 0 or a taken one gives another.</param>
    public BoundSocket(int port)
    {
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && port != 0)
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        }
    }

    public int Port => ((IPEndPoint)socket.LocalEndPoint!).Port; // bound by the constructor

    public int Descriptor => (int)socket.SafeHandle.DangerousGetHandle();

    internal void SetInherited(bool inherited) => Tombolo.Linux.Processes.SetInherited(socket.SafeHandle, inherited);

    public void Dispose() => socket.Dispose();
}
