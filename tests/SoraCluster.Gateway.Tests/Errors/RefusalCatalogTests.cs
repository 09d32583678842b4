using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Models;
using SoraCluster.Domain.Uploads;
using SoraCluster.Domain.Users;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Errors;

/// <summary>
/// Every refusal as it is told, in both languages, in the file beside this one, for people to read. To accept a change, delete the file
/// and run the test, which writes it and fails once.
/// </summary>
public sealed class RefusalCatalogTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What stands for an argument, by its name; others by their type.</summary>
    private static readonly Dictionary<string, object?> Named = new()
    {
        ["english"] = "‹why›",
        ["japanese"] = "‹理由›",
        ["why"] = "The endpoint answered 404.",
        ["name"] = "seconds",
        ["value"] = "99",
        ["status"] = "in_progress",
        ["known"] = new[] { "prompt", "model" },
        ["perMinute"] = 600,
        ["next"] = Now,
        ["c"] = '\u0007',
        ["allowed"] = "GET, POST",
        ["code"] = "worker_failed",
        ["failure"] = new Said("The worker could not run the model.", Refusals.InJapanese(SoraErrorCode.WorkerFailed)),
        ["requestId"] = "req_0123",
        ["text"] = "a.png",
        ["contentType"] = "text/plain",
        ["limit"] = 30,
        ["longest"] = 64,
        ["seconds"] = 4,
        ["total"] = 14,
        ["time"] = 12.5,
        ["line"] = 3,
        ["index"] = 7,
        ["asParam"] = true,
        ["inner"] = null,
    };

    [Fact]
    public void EveryRefusal_IsAsItWasRead()
    {
        var shown = new StringBuilder("| refusal | code | param | English | 日本語 |\n|---|---|---|---|---|\n");
        foreach (var (name, refusal) in All())
        {
            shown.Append(CultureInfo.InvariantCulture, $"| `{name}` | {ErrorMap.Of(refusal.Error.Code).Code} | {refusal.Error.Param} | {refusal.Message} | {refusal.Japanese} |\n");
        }

        foreach (var code in Enum.GetValues<SoraErrorCode>())
        {
            shown.Append(CultureInfo.InvariantCulture, $"| (raised within) | {ErrorMap.Of(code).Code} | | as it was raised | {Refusals.InJapanese(code)} |\n");
        }

        var file = Beside("refusals.md");
        var known = File.Exists(file) ? File.ReadAllText(file) : null;
        if (known is null)
        {
            File.WriteAllText(file, shown.ToString());
        }

        Assert.Equal(known, shown.ToString());
    }

    [Fact]
    public void EveryRefusal_IsWholeSentencesInBothLanguages()
    {
        Assert.All(All(), each =>
        {
            Assert.Matches(@"^[^\u3040-\u30ff]+[.›]$", each.Refusal.Message);
            Assert.Matches(@"[\u3040-\u30ff].*[。›]$", each.Refusal.Japanese);
            Assert.DoesNotContain("  ", each.Refusal.Message + each.Refusal.Japanese, StringComparison.Ordinal);
        });
    }

    /// <summary>Every method of the catalogue, called with every value of what is an enumeration and an example of all else.</summary>
    private static IEnumerable<(string Name, Refusal Refusal)> All() =>
        from method in typeof(Refusals).GetMethods(BindingFlags.Static | BindingFlags.Public)
        where method.ReturnType == typeof(Refusal)
        orderby method.Name
        from arguments in Combinations(method.GetParameters())
        where arguments is not [_, UploadKind.Picture, UploadFault.TooLong, _]
        let enumerations = string.Join(", ", arguments.OfType<Enum>())
        select (enumerations.Length == 0 ? method.Name : $"{method.Name} ({enumerations})", (Refusal)method.Invoke(null, arguments)!);

    private static IEnumerable<object?[]> Combinations(ParameterInfo[] parameters) => parameters.Aggregate(
        (IEnumerable<object?[]>)[[]],
        (all, parameter) => from some in all from value in Values(parameter) select (object?[])[.. some, value]);

    private static IEnumerable<object?> Values(ParameterInfo parameter) =>
        parameter.ParameterType.IsEnum ? Enum.GetValues(parameter.ParameterType).Cast<object>()
        : Named.TryGetValue(parameter.Name!, out var named) ? [named is int number && parameter.ParameterType != typeof(int) ? (object)(long)number : named!]
        : [Example(parameter.ParameterType)];

    private static object Example(Type type) =>
        type == typeof(string) ? "video_0123"
        : type == typeof(HttpRequest) ? new DefaultHttpContext { Request = { Method = "GET", Path = "/v1/nothing" } }.Request
        : type == typeof(IModelCatalog) ? new TestCatalog()
        : type == typeof(ModelInfo) ? TestCatalog.Tiny
        : type == typeof(DateTimeOffset) ? Now
        : type == typeof(TimeSpan) ? TimeSpan.FromMinutes(75)
        : type == typeof(Allowance) ? new Allowance(30, 30, Now)
        : type == typeof(SoraError) ? new SoraError(SoraErrorCode.RateLimitExceeded, "(as the user entity says it).")
        : throw new NotSupportedException($"No example of {type.Name}: add one.");

    private static string Beside(string name, [CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, name);
}
