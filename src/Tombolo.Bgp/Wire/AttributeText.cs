using System.Buffers.Binary;
using System.Text;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>Attribute values as operators write them.</summary>
internal static class AttributeText
{
    public static string Hex(ReadOnlySpan<byte> value) => Convert.ToHexStringLower(value);

    public static string Origin(ReadOnlySpan<byte> value) =>
        value[0] switch
        {
            0 => "igp",
            1 => "egp",
            _ => "incomplete",
        };

    public static string Number(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadUInt32BigEndian(value).ToString();

    public static string Address(ReadOnlySpan<byte> value) => Values.Address.Read(value).ToString();

    public static string Aggregator(ReadOnlySpan<byte> value) =>
        $"{BinaryPrimitives.ReadUInt32BigEndian(value)} {Values.Address.Read(value[4..8])}";

    public static string ClusterList(ReadOnlySpan<byte> value) => List(value, 4, Address);

    public static string Communities(ReadOnlySpan<byte> value) =>
        List(value, 4, octets => Community.Format(BinaryPrimitives.ReadUInt32BigEndian(octets)));

    public static string LargeCommunities(ReadOnlySpan<byte> value) =>
        List(value, 12, octets => LargeCommunity.Read(octets).ToString());

    public static string ExtendedCommunities(ReadOnlySpan<byte> value) =>
        List(value, 8, octets => new ExtendedCommunity(BinaryPrimitives.ReadUInt64BigEndian(octets)).ToString());

    public static string AsPath(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder();
        for (; !path.IsEmpty; path = path[(2 + 4 * path[1])..])
        {
            var (open, close, between) = path[0] switch
            {
                Wire.AsPath.Set => ("{", "}", ","),
                Wire.AsPath.ConfederationSequence => ("(", ")", " "),
                Wire.AsPath.ConfederationSet => ("[", "]", ","),
                _ => ("", "", " "),
            };
            if (text.Length > 0)
            {
                text.Append(' ');
            }
            text.Append(open);
            for (var i = 0; i < path[1]; i++)
            {
                text.Append(i == 0 ? "" : between).Append(BinaryPrimitives.ReadUInt32BigEndian(path[(2 + 4 * i)..]));
            }
            text.Append(close);
        }
        return text.ToString();
    }

    private static string List(ReadOnlySpan<byte> value, int size, AttributeFormat format)
    {
        var text = new StringBuilder();
        for (; value.Length >= size; value = value[size..])
        {
            text.Append(text.Length == 0 ? "" : " ").Append(format(value[..size]));
        }
        return text.ToString();
    }
}
