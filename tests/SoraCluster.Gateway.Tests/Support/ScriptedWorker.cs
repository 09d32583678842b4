using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Gateway.Tests.Support;

/// <summary>Runs jobs by the fenced protocol, as a worker does, with bytes of its own for the clip.</summary>
internal static class ScriptedWorker
{
    public static byte[] Clip { get; } = [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 31))];

    public static async Task<long> StartAsync(this GatewayHost host, string id, int step = 1)
    {
        var grant = await host.Job(id).AcquireAsync(new AcquireLease("w1"));
        Assert.NotNull(grant);
        await host.Job(id).ReportAsync(new StepProgress(grant.Token, JobStage.Denoise, step, grant.Spec.Steps, 0.1));
        return grant.Token;
    }

    public static async Task CompleteAsync(this GatewayHost host, string id)
    {
        var token = await host.StartAsync(id);
        var video = await StoreAsync(host, JobArtifacts.Result(id, token, "video.mp4"), Clip);
        var thumbnail = await StoreAsync(host, JobArtifacts.Result(id, token, "thumbnail.jpg"), [0xFF, 0xD8, 0xFF, 1]);
        var sprites = await StoreAsync(host, JobArtifacts.Result(id, token, "sprites.jpg"), [0xFF, 0xD8, 0xFF, 2]);
        var latents = await StoreAsync(host, JobArtifacts.Result(id, token, "latents.safetensors"), [0]);
        var result = new JobResult(video.Key, thumbnail.Key, sprites.Key, latents.Key, video.Length, video.Sha256!);
        Assert.Equal(LeaseAnswer.Held, await host.Job(id).CompleteAsync(new JobCompleted(token, result, 0.5)));
    }

    public static async Task FailAsync(this GatewayHost host, string id)
    {
        var token = await host.StartAsync(id);
        await host.Job(id).FailAsync(new JobFailed(token, new SoraError(SoraErrorCode.MediaFailed, "The clip could not be packaged.")));
    }

    private static Task<ArtifactInfo> StoreAsync(GatewayHost host, string key, byte[] bytes) =>
        host.Artifacts.WriteAsync(key, async (stream, token) => await stream.WriteAsync(bytes, token));
}
