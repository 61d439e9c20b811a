using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Answers of the reviews: who is it, and may they.</summary>
internal static class Reviews
{
    public static JsonObject Token(ReviewRequest review)
    {
        var user = review.Authentication.OfToken(review.Body.Text("spec", "token"));
        var status = new JsonObject { ["authenticated"] = user is not null };
        if (user is not null)
        {
            status["user"] = Shown(user);
        }
        else
        {
            status["error"] = "no user has this token";
        }
        return With(review, status);
    }

    public static JsonObject Self(ReviewRequest review) =>
        With(review, new JsonObject { ["userInfo"] = Shown(review.User) });

    public static JsonObject SubjectAccess(ReviewRequest review)
    {
        var groups = review.Body.Texts("spec", "groups");
        return With(review, Verdict(new User(review.Body.Text("spec", "user") ?? "", "", [.. groups])));
    }

    public static JsonObject SelfSubjectAccess(ReviewRequest review) => With(review, Verdict(review.User));

    public static JsonObject SelfSubjectRules(ReviewRequest review)
    {
        var all = new JsonArray();
        var paths = new JsonArray();
        if (review.User.MayDoAll)
        {
            all.Add(
                new JsonObject
                {
                    ["verbs"] = new JsonArray("*"),
                    ["apiGroups"] = new JsonArray("*"),
                    ["resources"] = new JsonArray("*"),
                }
            );
            paths.Add(new JsonObject { ["verbs"] = new JsonArray("*"), ["nonResourceURLs"] = new JsonArray("*") });
        }
        return With(
            review,
            new JsonObject
            {
                ["incomplete"] = false,
                ["resourceRules"] = all,
                ["nonResourceRules"] = paths,
            }
        );
    }

    private static JsonObject Verdict(User user)
    {
        var verdict = new JsonObject { ["allowed"] = user.MayDoAll };
        verdict["reason"] = user.MayDoAll ? $"in group {User.Masters}" : $"not in group {User.Masters}";
        return verdict;
    }

    private static JsonObject Shown(User user) =>
        new()
        {
            ["username"] = user.Name,
            ["uid"] = user.Uid,
            ["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode)group)]),
        };

    private static JsonObject With(ReviewRequest review, JsonObject status)
    {
        review.Body["status"] = status;
        return review.Body;
    }
}
