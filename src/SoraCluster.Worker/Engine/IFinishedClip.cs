namespace SoraCluster.Worker.Engine;

/// <summary>A clip as it is to be stored. Disposing removes what it is kept in.</summary>
public interface IFinishedClip : IAsyncDisposable
{
    ClipPart Video { get; }

    ClipPart Thumbnail { get; }

    ClipPart SpriteSheet { get; }

    ClipPart Latents { get; }
}
