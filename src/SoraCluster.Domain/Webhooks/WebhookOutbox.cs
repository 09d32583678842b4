using SoraCluster.Domain.State;

namespace SoraCluster.Domain.Webhooks;

public class WebhookOutbox(IStateSlot<WebhookState> state, TimeProvider clock) : IWebhookOutbox
{
    /// <summary>Endpoints that one user may have.</summary>
    public const int MaxEndpoints = 10;

    /// <summary>Dead letters kept per user.</summary>
    public const int MaxDead = 1000;

    /// <summary>Deliveries handed out by one claim.</summary>
    public const int MaxClaim = 32;

    /// <summary>A claimed delivery that nobody settles is handed out again after this long.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(1);

    /// <summary>Deliveries handed out, and until when. Not stored: after a restart they are due again, which is at least once.</summary>
    private readonly Dictionary<string, DateTimeOffset> claims = [];

    private WebhookState State => state.Value ?? WebhookState.Empty;

    public async Task<bool> AddEndpointAsync(WebhookEndpoint endpoint)
    {
        if (State.Endpoints.Any(e => e.Id == endpoint.Id))
        {
            return true;
        }

        if (State.Endpoints.Count >= MaxEndpoints)
        {
            return false;
        }

        await state.SaveAsync(State with { Endpoints = [.. State.Endpoints, endpoint] });
        return true;
    }

    public async Task<bool> RemoveEndpointAsync(string endpointId)
    {
        if (!State.Endpoints.Any(e => e.Id == endpointId))
        {
            return false;
        }

        IReadOnlyList<WebhookEndpoint> left = [.. State.Endpoints.Where(e => e.Id != endpointId)];
        await state.SaveAsync(State with
        {
            Endpoints = left,
            Expected = left.Count == 0 ? [] : State.Expected,
            Pending = [.. State.Pending.Where(d => d.EndpointId != endpointId)],
            Dead = [.. State.Dead.Where(d => d.EndpointId != endpointId)],
        });
        return true;
    }

    public Task<IReadOnlyList<WebhookEndpoint>> ListEndpointsAsync() => Task.FromResult(State.Endpoints);

    public Task ExpectAsync(string jobId) =>
        State.Endpoints.Count == 0 || State.Expected.Any(e => e.JobId == jobId)
            ? Task.CompletedTask
            : state.SaveAsync(State with { Expected = [.. State.Expected, new(jobId, clock.GetUtcNow())] });

    public Task<IReadOnlyList<ExpectedJob>> ListExpectedAsync() => Task.FromResult(State.Expected);

    public async Task RecordAsync(WebhookEvent happened)
    {
        if (!State.Expected.Any(e => e.JobId == happened.JobId))
        {
            return;
        }

        var now = clock.GetUtcNow();
        var deliveries = State.Endpoints
            .Where(e => e.Events.Contains(happened.Type))
            .Select(e => new WebhookDelivery($"{happened.Id}.{e.Id}", happened, e.Id, now, Attempts: 0, NextAt: now, LastError: null));
        await state.SaveAsync(State with
        {
            Expected = [.. State.Expected.Where(e => e.JobId != happened.JobId)],
            Pending = [.. State.Pending, .. deliveries],
        });
    }

    public Task ForgetAsync(string jobId) =>
        State.Expected.Any(e => e.JobId == jobId)
            ? state.SaveAsync(State with { Expected = [.. State.Expected.Where(e => e.JobId != jobId)] })
            : Task.CompletedTask;

    public Task<IReadOnlyList<WebhookDispatch>> ClaimDueAsync()
    {
        var now = clock.GetUtcNow();
        var endpoints = State.Endpoints.ToDictionary(e => e.Id);
        IReadOnlyList<WebhookDispatch> due =
        [
            .. State.Pending
                .Where(d => d.NextAt <= now && !(claims.TryGetValue(d.Id, out var until) && until > now))
                .Take(MaxClaim)
                .Select(d => new WebhookDispatch(d, endpoints[d.EndpointId])),
        ];
        foreach (var dispatch in due)
        {
            claims[dispatch.Delivery.Id] = now + ClaimTime;
        }

        return Task.FromResult(due);
    }

    public async Task SettleAsync(WebhookOutcome outcome)
    {
        if (State.Pending.FirstOrDefault(d => d.Id == outcome.DeliveryId) is not { } delivery)
        {
            return;
        }

        var others = State.Pending.Where(d => d.Id != delivery.Id);
        if (outcome.Error is null)
        {
            await state.SaveAsync(State with { Pending = [.. others] });
        }
        else
        {
            var failed = delivery with { Attempts = delivery.Attempts + 1, LastError = outcome.Error };
            await state.SaveAsync(WebhookSchedule.Next(failed.Since, failed.Attempts, clock.GetUtcNow()) is { } next
                ? State with { Pending = [.. others, failed with { NextAt = next }] }
                : State with { Pending = [.. others], Dead = [.. State.Dead.Append(failed).TakeLast(MaxDead)] });
        }

        claims.Remove(delivery.Id);
    }

    public Task<IReadOnlyList<WebhookDelivery>> ListDeadAsync() => Task.FromResult(State.Dead);

    public async Task<bool> ReplayAsync(string deliveryId)
    {
        if (State.Dead.FirstOrDefault(d => d.Id == deliveryId) is not { } dead)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        await state.SaveAsync(State with
        {
            Dead = [.. State.Dead.Where(d => d.Id != deliveryId)],
            Pending = [.. State.Pending, dead with { Since = now, NextAt = now, Attempts = 0 }],
        });
        return true;
    }
}
