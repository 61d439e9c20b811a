using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The query parameters of a request, read as Kubernetes reads them.</summary>
internal sealed class RequestQuery(IQueryCollection query)
{
    /// <summary>Present and not <c>false</c> or <c>0</c>: clients do send <c>watch=false</c>.</summary>
    public bool Truth(string name) =>
        query.TryGetValue(name, out var values) && values.ToString().ToLowerInvariant() is not ("false" or "0" or "f");

    /// <summary>Null: not given.</summary>
    public bool? Given(string name) => query.ContainsKey(name) ? Truth(name) : null;

    public string Text(string name) => query[name].ToString();

    /// <exception cref="ApiError">400: no number.</exception>
    public long? Whole(string name) =>
        Text(name) switch
        {
            "" => null,
            var text when long.TryParse(text, out var whole) => whole,
            var text => throw ApiError.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax ({name})"),
        };

    public Func<StoredObject, bool> Selection(Resource resource, string space, string name)
    {
        var (labels, fields) = (LabelSelector.Everything, FieldSelector.Everything);
        try
        {
            labels = LabelSelector.Parse(Text("labelSelector"));
            fields = FieldSelector.Parse(Text("fieldSelector"), resource);
        }
        catch (FormatException error)
        {
            throw ApiError.BadRequest(error.Message);
        }
        return item =>
            (space.Length == 0 || item.Key.Namespace == space)
            && (name.Length == 0 || item.Key.Name == name)
            && labels.Matches(item.Labels)
            && fields.Matches(item);
    }

    /// <param name="agent">The User-Agent: names the field manager of a request that does not.</param>
    public WriteOptions WriteOptions(IReadOnlyList<string> duplicates, string agent = "", string subresource = "")
    {
        var dryRun = Text("dryRun") switch
        {
            "" => false,
            "All" => true,
            var other => throw ApiError.BadRequest($"Invalid value: \"{other}\": dryRun must be All"),
        };
        var validation = Text("fieldValidation") switch
        {
            "" or "Warn" => FieldValidation.Warn,
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            var other => throw ApiError.BadRequest(
                $"Invalid value: \"{other}\": fieldValidation must be Ignore, Warn or Strict"
            ),
        };
        return new WriteOptions
        {
            DryRun = dryRun,
            FieldValidation = validation,
            Duplicates = duplicates,
            FieldManager = Text("fieldManager") is { Length: > 0 } manager ? manager : agent.Split('/')[0],
            Subresource = subresource,
        };
    }
}
