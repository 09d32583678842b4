using SoraCluster.Domain.Keys;
using SoraCluster.Domain.State;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;

namespace SoraCluster.Gateway.Keys;

/// <summary>Keys and their directory, kept in step: a key counts from the moment its entity has it.</summary>
internal sealed class KeyDesk(IEntities entities, ISecretSource secrets, TimeProvider clock)
{
    private const int MaxNameLength = 64;
    private const int SaltBytes = 16;

    private IApiKeyDirectory Directory => entities.Get<IApiKeyDirectory>(IApiKeyDirectory.Key);

    /// <summary>The first key must be an operator's: from then on nobody is let in without one.</summary>
    public async Task<(ApiKeyInfo Info, PresentedKey Key)> IssueAsync(
        string owner, string name, IReadOnlyList<KeyScope> scopes, TimeSpan? life)
    {
        var isOperator = scopes.Contains(KeyScope.Operator);
        if (!isOperator && !(await Directory.ListAsync()).Any(k => k.Operator))
        {
            throw Refusals.FirstKeyMustBeOperators();
        }

        var key = PresentedKey.Create(secrets);
        var request = new IssueApiKey(key.Id, owner, name, scopes, Hash(key), life is { } l ? clock.GetUtcNow() + l : null);
        var info = await entities.Get<IApiKey>(key.Id).IssueAsync(request)
            ?? throw new InvalidOperationException("A new key id was taken already.");
        await Directory.AddAsync(new ApiKeyEntry(key.Id, owner, isOperator));
        return (info, key);
    }

    public async Task<IReadOnlyList<ApiKeyInfo>> ListAsync()
    {
        var entries = await Directory.ListAsync();
        var keys = await Task.WhenAll(entries.Select(e => entities.Get<IApiKey>(e.Id).GetAsync()));
        return [.. keys.OfType<ApiKeyInfo>()];
    }

    public async Task<(ApiKeyInfo Info, PresentedKey Key)> RotateAsync(string id, TimeSpan overlap)
    {
        CheckId(id);
        var key = PresentedKey.Create(secrets) with { Id = id };
        var info = await entities.Get<IApiKey>(id).RotateAsync(new RotateApiKey(Hash(key), overlap));
        return (info ?? throw Refusals.NoSuchKey(id), key);
    }

    /// <summary>An operator cannot be locked out: the last operator key goes only when no other key is left.</summary>
    public async Task<ApiKeyInfo> RevokeAsync(string id)
    {
        CheckId(id);
        var others = (await Directory.ListAsync()).Where(k => k.Id != id).ToList();
        if (others.Count > 0 && !others.Any(k => k.Operator))
        {
            throw Refusals.LastOperatorKey();
        }

        var info = await entities.Get<IApiKey>(id).RevokeAsync() ?? throw Refusals.NoSuchKey(id);
        await Directory.RemoveAsync(id);
        return info;
    }

    /// <summary>Owners and names are ids in stores and logs: letters, digits, <c>. _ - @</c>, at most 64.</summary>
    public static string CheckName(string param, string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || "._-@".Contains(c))
            ? name
            : throw Refusals.OutOfRange(
                param, $"1 to {MaxNameLength} of the characters A-Z a-z 0-9 . _ - @", $"A-Z a-z 0-9 . _ - @ の {MaxNameLength} 文字まで", name);

    private SecretHash Hash(PresentedKey key) => SecretHash.Compute(secrets.Hex(SaltBytes), key.Secret);

    private static void CheckId(string id)
    {
        if (id.Length > MaxNameLength || !id.All(char.IsAsciiLetterOrDigit))
        {
            throw Refusals.NoSuchKey(id);
        }
    }
}
