namespace SoraCluster.Testing.Packs;

/// <summary>Dimensions of a generated pack. The defaults are small; <see cref="Tiny"/> has those of the reference pack.</summary>
public sealed record MicroPackShape
{
    public int Width { get; init; } = 32;

    public int Heads { get; init; } = 2;

    public int Layers { get; init; } = 2;

    public int TextLength { get; init; } = 16;

    public int TimeEmbedDim { get; init; } = 32;

    /// <summary>Latent frames, rows, columns, channels of a window.</summary>
    public int[] Video { get; init; } = [4, 4, 4, 6];

    /// <summary>Mel frames, bands of a window.</summary>
    public int[] Audio { get; init; } = [128, 40];

    public int MidChannels { get; init; } = 24;

    public int FrameChannels { get; init; } = 12;

    public int[] UpChannels { get; init; } = [32, 24, 8];

    /// <summary>Whether it has an encoder, for clips that start from a picture.</summary>
    public bool StartsFromPicture { get; init; } = true;

    public string PredictionType { get; init; } = "sample";

    public float Shift { get; init; } = 3f;

    /// <summary>Class of the scheduler, by diffusers' name.</summary>
    public string Scheduler { get; init; } = "FlowMatchEulerDiscreteScheduler";

    /// <summary>Of the multistep schedulers.</summary>
    public int SolverOrder { get; init; } = 2;

    public ulong Seed { get; init; } = 1;

    /// <summary>The dimensions of models/tiny.</summary>
    public static MicroPackShape Tiny { get; } = new()
    {
        Width = 192,
        Heads = 6,
        Layers = 6,
        TimeEmbedDim = 128,
        Video = [4, 8, 8, 24],
        MidChannels = 256,
        FrameChannels = 96,
        UpChannels = [256, 128, 32],
    };
}
