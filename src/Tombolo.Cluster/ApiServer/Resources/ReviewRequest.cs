using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>A question that is answered and not stored (TokenReview, SubjectAccessReview).</summary>
internal sealed record ReviewRequest(JsonObject Body, string Namespace, User User, Authentication Authentication);
