using System.Text;
using Google.Protobuf.Reflection;
using Tombolo.Stream;

namespace Tombolo.Tests.NodeStreams;

public class StreamContractTests
{
    [Fact]
    public void Every_field_and_its_number_is_as_agreed() =>
        Golden.Matches(Root.File("tests", "Golden", "node.proto.golden"), Describe(NodeReflection.Descriptor));

    private static string Describe(FileDescriptor file)
    {
        var text = new StringBuilder();
        foreach (var message in file.MessageTypes)
        {
            text.AppendLine(message.Name);
            foreach (var field in message.Fields.InFieldNumberOrder())
            {
                var type = field.FieldType switch
                {
                    FieldType.Message => field.MessageType.Name,
                    FieldType.Enum => field.EnumType.Name,
                    _ => field.FieldType.ToString().ToLowerInvariant(),
                };
                text.AppendLine($"  {field.FieldNumber} {field.Name} {(field.IsRepeated ? "repeated " : "")}{type}");
            }
        }
        foreach (var one in file.EnumTypes)
        {
            text.AppendLine(one.Name);
            foreach (var value in one.Values)
            {
                text.AppendLine($"  {value.Number} {value.Name}");
            }
        }
        return text.ToString();
    }
}
