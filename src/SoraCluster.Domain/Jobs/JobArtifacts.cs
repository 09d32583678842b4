using System.Globalization;

namespace SoraCluster.Domain.Jobs;

/// <summary>
/// Where the artifacts of a job lie. What a worker writes has its lease's token in the key, so that one whose lease was lost
/// can never write over what its successor stored.
/// </summary>
public static class JobArtifacts
{
    /// <summary>Prefix of everything that belongs to a job: <c>jobs/{id}/</c>.</summary>
    public static string All(string jobId) => $"jobs/{jobId}/";

    /// <summary>Prefix of its checkpoints: <c>jobs/{id}/checkpoints/</c>; removed when the job ends.</summary>
    public static string Checkpoints(string jobId) => $"jobs/{jobId}/checkpoints/";

    /// <summary><c>jobs/{id}/checkpoints/{token}-{step}.safetensors</c>.</summary>
    public static string Checkpoint(string jobId, long token, int step) =>
        string.Create(CultureInfo.InvariantCulture, $"jobs/{jobId}/checkpoints/{token}-{step}.safetensors");

    /// <summary><c>jobs/{id}/{token}/{file}</c>: the clip and what belongs to it.</summary>
    public static string Result(string jobId, long token, string file) =>
        string.Create(CultureInfo.InvariantCulture, $"jobs/{jobId}/{token}/{file}");
}
