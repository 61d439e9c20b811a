using System.Buffers.Binary;
using System.Collections.Immutable;
using Tombolo.Bgp.Policy;
using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Speaking;
using Tombolo.Bgp.Wire;
using Tombolo.Values;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Tombolo.Cli.Bgp;

/// <summary>A configuration that was judged: what the library is to be started with.</summary>
internal sealed record SpeakPlan(
    SpeakerOptions Speaker,
    string Socket,
    ImmutableArray<NeighborOptions> Neighbors,
    ImmutableArray<(Family Family, Nlri Nlri, AttributeSet Attributes)> Routes
)
{
    /// <exception cref="FormatException">With the place and what is wrong there.</exception>
    public static SpeakPlan Read(string yaml)
    {
        SpeakConfig config;
        try
        {
            config =
                new DeserializerBuilder()
                    .WithNamingConvention(CamelCaseNamingConvention.Instance)
                    .WithEnforceNullability()
                    .Build()
                    .Deserialize<SpeakConfig>(yaml)
                ?? throw new FormatException("the file is empty");
        }
        catch (YamlException error)
        {
            throw new FormatException(
                $"line {error.Start.Line}: {error.InnerException?.Message ?? error.Message}",
                error
            );
        }
        return Of(config);
    }

    private static SpeakPlan Of(SpeakConfig config)
    {
        Must(config.As != 0, "as: must be given");
        var policies = new Dictionary<string, RoutePolicy>
        {
            ["accept-all"] = RoutePolicy.AcceptAll,
            ["reject-all"] = RoutePolicy.RejectAll,
        };
        foreach (var policy in config.Policies)
        {
            policies[policy.Name] = Policy(policy, config.As);
        }
        var listen = config.Listen ?? ["0.0.0.0", "::"];
        var speaker = new SpeakerOptions
        {
            As = config.As,
            RouterId = V4(config.RouterId, "routerId"),
            ClusterId = config.ClusterId is null ? default : V4(config.ClusterId, "clusterId"),
            Listen = listen.Select(text => Address(text, "listen")).ToImmutableArray(),
            Port = config.Port,
            MaxPaths = config.MaxPaths,
            AlwaysCompareMed = config.AlwaysCompareMed,
            Restarting = config.Restarting,
            DeferralTime = config.DeferralTime is null
                ? TimeSpan.FromSeconds(120)
                : Time(config.DeferralTime, "deferralTime"),
        };
        return new SpeakPlan(
            speaker,
            config.Socket,
            config.Neighbors.Select(neighbor => Neighbor(neighbor, policies)).ToImmutableArray(),
            config.Routes.Select(Route).ToImmutableArray()
        );
    }

    private static NeighborOptions Neighbor(NeighborConfig config, Dictionary<string, RoutePolicy> policies)
    {
        var name = config.Name ?? config.Address;
        var place = $"neighbor {name}";
        Must(config.HoldSeconds is 0 or >= 3, $"{place}: holdSeconds: 0, or at least 3");
        var families = config.Families.Select(family => Family(family, policies, place)).ToImmutableArray();
        return new NeighborOptions
        {
            Name = name,
            Address = Address(config.Address, $"{place}: address"),
            As = config.As,
            Port = config.Port,
            LocalAddress = config.LocalAddress is null
                ? default
                : Address(config.LocalAddress, $"{place}: localAddress"),
            LocalAs = config.LocalAs,
            Passive = config.Passive,
            Password = config.Password ?? "",
            TtlSecurityHops = config.TtlSecurityHops,
            Ttl = config.Ttl,
            HoldSeconds = config.HoldSeconds,
            ConnectRetry = config.ConnectRetry is null ? TimeSpan.FromSeconds(5) : Time(config.ConnectRetry, place),
            IsClient = config.ReflectorClient,
            GracefulRestart = config.GracefulRestart is null ? TimeSpan.Zero : Time(config.GracefulRestart, place),
            ExtendedMessage = config.ExtendedMessage,
            RouteRefresh = config.RouteRefresh,
            FourOctetAs = config.FourOctetAs,
            AllowOwnAs = config.AllowOwnAs,
            EnforceFirstAs = config.EnforceFirstAs,
            Families = families.IsEmpty ? [new NeighborFamily(Tombolo.Bgp.Wire.Family.IPv4Unicast)] : families,
        };
    }

    private static NeighborFamily Family(FamilyConfig config, Dictionary<string, RoutePolicy> policies, string place) =>
        new(Family(config.Name, place))
        {
            AddPath = config.AddPath switch
            {
                null => AddPathMode.None,
                "send" => AddPathMode.Send,
                "receive" => AddPathMode.Receive,
                "both" => AddPathMode.Both,
                var other => throw new FormatException($"{place}: addPath: '{other}' is not send, receive or both"),
            },
            MaximumPrefixes = config.MaximumPrefixes,
            Import = NamedIn(policies, config.Import, place),
            Export = NamedIn(policies, config.Export, place),
            NextHop = config.NextHop switch
            {
                null => NextHopMode.Default,
                "unchanged" => NextHopMode.Unchanged,
                _ => NextHopMode.Self,
            },
            Self = config.NextHop is null or "self" or "unchanged"
                ? default
                : Address(config.NextHop, $"{place}: nextHop"),
            LongLived = config.LongLived is null ? TimeSpan.Zero : Time(config.LongLived, place),
        };

    private static RoutePolicy Policy(PolicyConfig config, uint localAs)
    {
        var place = $"policy {config.Name}";
        var rules = config.Rules.Select(
            (rule, at) => Rule(rule, $"{place}: rule {rule.Name ?? (at + 1).ToString()}", at, localAs)
        );
        return new RoutePolicy(config.Name, rules.ToImmutableArray(), Action(config.Default, place));
    }

    private static PolicyRule Rule(RuleConfig config, string place, int at, uint localAs)
    {
        var match = config.Match;
        return new PolicyRule(
            config.Name ?? (at + 1).ToString(),
            new RouteMatch
            {
                Prefixes = match.Prefixes is null
                    ? null
                    : new PrefixSet(
                        match.Prefixes.Select(text =>
                            PrefixRange.TryParse(text, out var range)
                                ? range
                                : throw new FormatException($"{place}: '{text}' is no prefix range")
                        )
                    ),
                Families = match.Families.Select(name => Family(name, place)).ToImmutableArray(),
                Communities = match.Communities.Select(text => CommunityOf(text, place)).ToImmutableArray(),
                LargeCommunities = match.LargeCommunities.Select(text => LargeOf(text, place)).ToImmutableArray(),
                ExtendedCommunities = match
                    .ExtendedCommunities.Select(text => ExtendedOf(text, place))
                    .ToImmutableArray(),
                PathContains = [.. match.PathContains],
                NeighborAs = [.. match.NeighborAs],
                OriginAs = [.. match.OriginAs],
                PathLengthAtLeast = match.PathLengthAtLeast,
                PathLengthAtMost = match.PathLengthAtMost,
                NextHops = match.NextHops.Select(text => Address(text, place)).ToImmutableArray(),
                Origin = match.Origin is null ? null : OriginOf(match.Origin, place),
            },
            config.Set is null ? null : Change(config.Set, place, localAs),
            Action(config.Action, place)
        );
    }

    private static RouteChange Change(ChangeConfig config, string place, uint localAs)
    {
        var (add, remove) = (Kinds(config.Add, place), Kinds(config.Remove, place));
        return new RouteChange
        {
            LocalPref = config.LocalPref,
            Med = config.Med,
            Origin = config.Origin is null ? null : OriginOf(config.Origin, place),
            NextHop = config.NextHop is null ? null : Address(config.NextHop, place),
            PrependAs = config.PrependAs == 0 ? localAs : config.PrependAs,
            PrependTimes = config.PrependTimes,
            AddCommunities = add.Plain,
            AddLarge = add.Large,
            AddExtended = add.Extended,
            RemoveCommunities = remove.Plain,
            RemoveLarge = remove.Large,
            RemoveExtended = remove.Extended,
        };
    }

    internal static (Family, Nlri, AttributeSet) Route(RouteConfig config)
    {
        var place = $"route {config.Route}";
        var family = Family(config.Family, place);
        if (!Families.Of(family).Parse(config.Route, out var parsed))
        {
            throw new FormatException($"{place}: no route of {config.Family}");
        }
        var nlri = parsed.Value;
        if (nlri.Overlay is { } overlay)
        {
            var gateway = config.Gateway is null ? overlay.Gateway : Address(config.Gateway, place);
            nlri = nlri with { Overlay = new EvpnOverlay(0, gateway, config.Label) };
        }
        else if (Families.Of(family).NextHopHasDistinguisher)
        {
            nlri = nlri with { Label = (config.Label << 4) | 1 };
        }
        var builder = new AttributeBuilder()
            .Start()
            .Origin(OriginOf(config.Origin, place))
            .Set(AttributeCode.AsPath, []);
        builder.NextHop = config.NextHop is null ? default : Address(config.NextHop, place);
        foreach (var number in Enumerable.Reverse(config.Path))
        {
            builder.Prepend(number);
        }
        if (config.Med is { } med)
        {
            builder.Set(AttributeCode.Med, med);
        }
        if (config.LocalPref is { } preference)
        {
            builder.Set(AttributeCode.LocalPref, preference);
        }
        var (plain, large, extended) = Kinds(config.Communities, place);
        new RouteChange
        {
            AddCommunities = plain,
            AddLarge = large,
            AddExtended = extended,
        }.Apply(builder);
        return (family, nlri, builder.Build());
    }

    // Communities are told apart by their form: rt:…, three numbers, the rest.
    private static (
        ImmutableArray<uint> Plain,
        ImmutableArray<LargeCommunity> Large,
        ImmutableArray<ExtendedCommunity> Extended
    ) Kinds(List<string> texts, string place)
    {
        var plain = ImmutableArray.CreateBuilder<uint>();
        var large = ImmutableArray.CreateBuilder<LargeCommunity>();
        var extended = ImmutableArray.CreateBuilder<ExtendedCommunity>();
        foreach (var text in texts)
        {
            if (Community.TryParse(text, out var community))
            {
                plain.Add(community);
            }
            else if (LargeCommunity.TryParse(text, out var wide))
            {
                large.Add(wide);
            }
            else
            {
                extended.Add(ExtendedOf(text, place));
            }
        }
        return (plain.ToImmutable(), large.ToImmutable(), extended.ToImmutable());
    }

    private static RoutePolicy NamedIn(Dictionary<string, RoutePolicy> policies, string? name, string place) =>
        name is null ? RoutePolicy.AcceptAll
        : policies.TryGetValue(name, out var policy) ? policy
        : throw new FormatException($"{place}: there is no policy '{name}'");

    private static uint CommunityOf(string text, string place) =>
        Community.TryParse(text, out var community)
            ? community
            : throw new FormatException($"{place}: '{text}' is no community");

    private static LargeCommunity LargeOf(string text, string place) =>
        LargeCommunity.TryParse(text, out var community)
            ? community
            : throw new FormatException($"{place}: '{text}' is no large community");

    private static ExtendedCommunity ExtendedOf(string text, string place) =>
        ExtendedCommunity.TryParse(text, out var community)
            ? community
            : throw new FormatException($"{place}: '{text}' is no community");

    private static Origin OriginOf(string text, string place) =>
        text switch
        {
            "igp" => Origin.Igp,
            "egp" => Origin.Egp,
            "incomplete" => Origin.Incomplete,
            _ => throw new FormatException($"{place}: origin '{text}' is not igp, egp or incomplete"),
        };

    private static PolicyAction Action(string text, string place) =>
        text switch
        {
            "accept" => PolicyAction.Accept,
            "reject" => PolicyAction.Reject,
            "next" => PolicyAction.Next,
            _ => throw new FormatException($"{place}: '{text}' is not accept, reject or next"),
        };

    private static Family Family(string name, string place) =>
        Families.Find(name)?.Family
        ?? throw new FormatException(
            $"{place}: family '{name}' is not one of {string.Join(", ", Families.All.Select(row => row.Name))}"
        );

    private static Address Address(string text, string place) =>
        Values.Address.TryParse(text, out var address)
            ? address
            : throw new FormatException($"{place}: '{text}' is no address");

    private static Address V4(string text, string place) =>
        Address(text, place) is { IsIPv4: true } address
            ? address
            : throw new FormatException($"{place}: '{text}' is not of IPv4's form");

    /// <summary>Reads <c>30s</c>, <c>5m</c>, <c>2h</c> or <c>200ms</c>.</summary>
    private static TimeSpan Time(string text, string place)
    {
        foreach (var (unit, milliseconds) in new[] { ("ms", 1.0), ("s", 1000.0), ("m", 60_000.0), ("h", 3_600_000.0) })
        {
            if (
                text.EndsWith(unit, StringComparison.Ordinal)
                && uint.TryParse(text.AsSpan(0, text.Length - unit.Length), out var count)
            )
            {
                return TimeSpan.FromMilliseconds(count * milliseconds);
            }
        }
        throw new FormatException($"{place}: '{text}' is no time like 30s");
    }

    private static void Must(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException(message);
        }
    }
}
