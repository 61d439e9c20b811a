using System.Net;

namespace Tombolo.RouteServer;

/// <summary>How a route server runs.</summary>
/// <param name="Name">Its name: of its Lease and towards agents.</param>
/// <param name="Listen">Where agents connect.</param>
/// <param name="DoorUrl">Under which operators find its door.</param>
/// <param name="DoorSocket">Descriptor of a bound socket handed over by who started us; else the door binds <paramref name="DoorUrl"/>'s port.</param>
public sealed record RouteServerOptions(string Name, IPEndPoint Listen, Uri DoorUrl, ulong? DoorSocket);
