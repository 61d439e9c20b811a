using System.Text.Json.Nodes;
using k8s;
using Tombolo.Api.Kinds;
using Tombolo.Api.Schema;

namespace Tombolo.Tests.Kinds;

public class WordsTests
{
    // A status with a word that the schema does not know is refused as a whole: nothing of it would ever be written.
    [Fact]
    public void What_the_client_writes_is_what_the_schema_allows()
    {
        AssertAllowed<Forwarding>(typeof(VirtualNetwork), "spec", "forwarding");
        AssertAllowed<IntraNetwork>(typeof(VirtualNetwork), "spec", "intraNetwork");
        AssertAllowed<InterfaceState>(typeof(NetworkInterface), "status", "state");
        AssertAllowed<EncapsulationName>(typeof(FabricConfig), "spec", "encapsulations");
    }

    private static void AssertAllowed<T>(Type kind, string part, string field)
        where T : struct, Enum
    {
        var crd = CustomResourceDefinition.Of(kind);
        var schema = crd["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]![part]!["properties"]![
            field
        ]!;
        var allowed = (schema["items"] ?? schema)["enum"]!.AsArray().Select(word => (string)word!).Order();
        var written = Enum.GetValues<T>().Select(value => (string)JsonNode.Parse(KubernetesJson.Serialize(value))!);
        Assert.Equal(allowed, written.Order());
        Assert.All(
            Enum.GetValues<T>(),
            value => Assert.Equal(value, KubernetesJson.Deserialize<T>(KubernetesJson.Serialize(value)))
        );
    }
}
