using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Media;

/// <summary>The still images of a finished clip, with its mark and label, as JPEG.</summary>
/// <exception cref="ValidationException">An option is out of range.</exception>
public sealed class ClipStills(MediaOptions options, TimeProvider clock)
{
    private readonly MediaOptions options = options.Checked();

    /// <summary>
    /// Writes both in one pass over the clip: the middle frame at full size, and a sprite sheet, which carries one more mark of
    /// a readable size in its own corner. Each appears under its name when it is whole and on disk.
    /// </summary>
    /// <param name="clip">As returned by <see cref="ClipWriter"/> or <see cref="ClipProbe"/>.</param>
    /// <param name="thumbnailPath">Where the thumbnail goes; its folder must exist.</param>
    /// <param name="spriteSheetPath">Where the sprite sheet goes; its folder must exist.</param>
    /// <param name="cancellation">Stops ffmpeg at once.</param>
    /// <exception cref="MediaException">With the reason as a <see cref="MediaFailure"/>.</exception>
    public async Task<SpriteLayout> WriteAsync(
        ClipInfo clip, string thumbnailPath, string spriteSheetPath, CancellationToken cancellation = default)
    {
        if (clip.Picture is not { FrameCount: > 0 and <= int.MaxValue } picture)
        {
            throw new MediaException(
                MediaFailure.InvalidInput, $"'{clip.Path}' has no picture, or does not say how many frames.");
        }

        var count = (int)picture.FrameCount;
        var layout = SpriteLayout.Plan(count, picture.Width, picture.Height, options.SpriteFrames, options.SpriteTileSide);
        var tools = FfmpegLocator.Locate(options);
        using var work = WorkFolder.Create(thumbnailPath);
        var mark = Mark.For((0, 0, layout.Columns * layout.TileWidth, layout.Rows * layout.TileHeight));
        work.Write("mark.rgba", mark.Rgba);
        await using (var run = ChildProcess.Start(
            tools.Ffmpeg, Arguments(clip.Path, count / 2, layout, mark), work.Path, options, clock, work.Size, cancellation))
        {
            await run.FinishAsync();
            await LabelAsync(run, work, "thumbnail.jpg", cancellation);
            await LabelAsync(run, work, "sheet.jpg", cancellation);
        }

        work.Publish("thumbnail.jpg", thumbnailPath);
        work.Publish("sheet.jpg", spriteSheetPath);
        return layout;
    }

    private static async Task LabelAsync(ChildProcess run, WorkFolder work, string name, CancellationToken cancellation)
    {
        var jpeg = File.Exists(work.File(name)) ? await File.ReadAllBytesAsync(work.File(name), cancellation) : [];
        if (jpeg is not [0xFF, 0xD8, .., 0xFF, 0xD9])
        {
            throw run.Failed($"reported success but left no whole {name}");
        }

        work.Write(name, AiLabel.LabelJpeg(jpeg));
    }

    private static string[] Arguments(string clip, int middle, SpriteLayout layout, Mark mark)
    {
        // JPEG means BT.601 at full range, a clip BT.709 at studio range; tiles are marked in between, in RGB.
        const string Scaler = "flags=area+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact";
        const string Decode = $"in_color_matrix=bt709:{Scaler},format=gbrp";
        const string Encode = $"scale=out_color_matrix=bt601:out_range=full:{Scaler},format=yuvj420p,setsar=1";
        var chosen = string.Join('+', layout.Frames.Select(frame => $"eq(n\\,{frame})"));
        var graph =
            $"[0:v]split[a][b];[a]select=eq(n\\,{middle}),scale={Decode},{Encode}[thumbnail];" +
            $"[b]select={chosen},scale={layout.TileWidth}:{layout.TileHeight}:{Decode}" +
            $",tile={layout.Columns}x{layout.Rows}:nb_frames={layout.Frames.Count}[tiles];" +
            $"[tiles][1:v]overlay={mark.X}:{mark.Y}:format=gbrp,{Encode}[sheet]";
        string[] still =
        [
            "-frames:v", "1", "-update", "1", "-q:v", "3", "-map_metadata", "-1", "-flags:v", "+bitexact", "-threads", "1",
        ];
        return
        [
            "-hide_banner", "-nostats", "-loglevel", "error", "-xerror", "-y",
            "-protocol_whitelist", "file", "-i", "file:" + clip,
            "-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", $"{mark.Width}x{mark.Height}", "-i", "mark.rgba",
            "-filter_complex", graph,
            "-map", "[thumbnail]", .. still, "thumbnail.jpg",
            "-map", "[sheet]", .. still, "sheet.jpg",
        ];
    }
}
