namespace SoraCluster.Domain.Keys;

/// <summary>One API key. Entity key: the key's public id. Every use asks it, so that a revocation holds from the next request on.</summary>
public interface IApiKey
{
    /// <summary>Brings the key into being.</summary>
    /// <returns>Null when the id is taken, which leaves the key as it was.</returns>
    Task<ApiKeyInfo?> IssueAsync(IssueApiKey request);

    /// <summary>The key, revoked and expired ones included; null when it was never issued.</summary>
    Task<ApiKeyInfo?> GetAsync();

    /// <summary>Whether the secret opens it now.</summary>
    Task<KeyVerdict> VerifyAsync(string secret);

    /// <summary>Changes the secret; null when there is no live key.</summary>
    Task<ApiKeyInfo?> RotateAsync(RotateApiKey request);

    /// <summary>Ends the key for good; repeats change nothing; null when it was never issued.</summary>
    Task<ApiKeyInfo?> RevokeAsync();
}
