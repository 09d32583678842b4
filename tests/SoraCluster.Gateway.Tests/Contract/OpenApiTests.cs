using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Contract;

/// <summary>The document says what the server does: the same routes, and the same properties in its answers.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private GatewayHost host = null!;
    private JsonElement document;

    public async Task InitializeAsync()
    {
        host = await GatewayHost.StartAsync();
        using var response = await host.SendAsync(HttpMethod.Get, "/openapi.json");
        document = await response.JsonAsync(200);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public void Document_Paths_AreTheRoutes()
    {
        var served = host.Routes.SelectMany(route => route.Metadata.OfType<HttpMethodMetadata>()
            .SelectMany(m => m.HttpMethods)
            .Select(method => $"{method} /{route.RoutePattern.RawText!.Trim('/')}"));
        var told = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(call => $"{call.Name.ToUpperInvariant()} {path.Name}"));
        Assert.Equal(served.Order(), told.Order());
    }

    [Fact]
    public void Document_References_AllResolve()
    {
        foreach (var reference in References(document))
        {
            var found = reference.TrimStart('#', '/').Split('/').Aggregate(document, (node, name) => node.GetProperty(name));
            Assert.Equal(JsonValueKind.Object, found.ValueKind);
        }
    }

    [Fact]
    public async Task Document_Schemas_AreWhatIsAnswered()
    {
        var id = await host.CreateAsync();
        await host.CompleteAsync(id);
        (string Path, string Schema)[] answers =
        [
            ($"/v1/videos/{id}", "Video"), ("/v1/videos", "VideoList"), ($"/v1/videos/{id}/trace", "Trace"), ("/v1/models", "ModelList"),
            ("/v1/models/tiny", "Model"), ("/v1/presets", "PresetList"), ("/v1/me/limits", "Limits"), ("/v1/keys", "KeyList"), ("/v1/webhooks", "WebhookList"),
            ("/v1/webhooks/dead_letters", "DeadLetterList"), ("/health", "Health"), ("/v1/videos/none", "Error"),
        ];
        foreach (var (path, schema) in answers)
        {
            using var response = await host.SendAsync(HttpMethod.Get, path);
            var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            AssertMatches(body, Schema(schema), path);
        }
    }

    private void AssertMatches(JsonElement value, JsonElement schema, string where)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = Schema(reference.GetString()!.Split('/')[^1]);
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                AssertMatches(item, schema.GetProperty("items"), where + "[]");
            }
        }
        else if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            var known = properties.EnumerateObject().Select(p => p.Name).ToHashSet();
            var present = value.EnumerateObject().Select(p => p.Name).ToHashSet();
            var required = schema.GetProperty("required").EnumerateArray().Select(r => r.GetString()!);
            Assert.True(present.IsSubsetOf(known), $"{where} holds {string.Join(", ", present.Except(known))}, which the document does not tell.");
            Assert.True(present.IsSupersetOf(required), $"{where} lacks {string.Join(", ", required.Except(present))}, which the document promises.");
            foreach (var property in value.EnumerateObject())
            {
                AssertMatches(property.Value, properties.GetProperty(property.Name), $"{where}.{property.Name}");
            }
        }
    }

    private JsonElement Schema(string name) => document.GetProperty("components").GetProperty("schemas").GetProperty(name);

    private static IEnumerable<string> References(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Object => node.EnumerateObject().SelectMany(
            p => p.NameEquals("$ref") ? [p.Value.GetString()!] : References(p.Value)),
        JsonValueKind.Array => node.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
