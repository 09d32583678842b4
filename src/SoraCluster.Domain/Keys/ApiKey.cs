using System.Globalization;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.State;

namespace SoraCluster.Domain.Keys;

public class ApiKey(IStateSlot<ApiKeyState> state, TimeProvider clock) : IApiKey
{
    public async Task<ApiKeyInfo?> IssueAsync(IssueApiKey request)
    {
        if (state.Value is not null)
        {
            return null;
        }

        var info = new ApiKeyInfo(
            request.Id, request.Owner, request.Name, request.Scopes, clock.GetUtcNow(), request.ExpiresAt, RevokedAt: null);
        await state.SaveAsync(new ApiKeyState(info, request.Secret));
        return info;
    }

    public Task<ApiKeyInfo?> GetAsync() => Task.FromResult(state.Value?.Info);

    public Task<KeyVerdict> VerifyAsync(string secret)
    {
        var now = clock.GetUtcNow();
        var verdict = state.Value switch
        {
            // One answer for "no such key" and "wrong secret": the difference is nobody's business.
            null => Refuse("The API key is not known. Check that it was copied whole, or ask the operator for a new one."),
            var key when !Opens(key, secret, now) =>
                Refuse("The API key is not known. Check that it was copied whole, or ask the operator for a new one."),
            { Info.RevokedAt: { } at } =>
                Refuse($"This API key was revoked on {Date(at)}. Ask the operator for a new one."),
            { Info.ExpiresAt: { } at } when at <= now =>
                Refuse($"This API key expired on {Date(at)}. Ask the operator for a new one."),
            var key => new KeyVerdict(key.Info, Refusal: null),
        };
        return Task.FromResult(verdict);
    }

    public async Task<ApiKeyInfo?> RotateAsync(RotateApiKey request)
    {
        if (state.Value is not { Info.RevokedAt: null } key)
        {
            return null;
        }

        var overlaps = request.Overlap > TimeSpan.Zero;
        await state.SaveAsync(key with
        {
            Secret = request.Secret,
            Previous = overlaps ? key.Secret : null,
            PreviousUntil = overlaps ? clock.GetUtcNow() + request.Overlap : null,
        });
        return key.Info;
    }

    public async Task<ApiKeyInfo?> RevokeAsync()
    {
        if (state.Value is not { Info.RevokedAt: null } key)
        {
            return state.Value?.Info;
        }

        var revoked = key.Info with { RevokedAt = clock.GetUtcNow() };
        await state.SaveAsync(new ApiKeyState(revoked, key.Secret));
        return revoked;
    }

    private static bool Opens(ApiKeyState key, string secret, DateTimeOffset now) =>
        key.Secret.Matches(secret) || (key.PreviousUntil > now && key.Previous?.Matches(secret) == true);

    private static KeyVerdict Refuse(string message) => new(null, new SoraError(SoraErrorCode.InvalidApiKey, message));

    private static string Date(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
