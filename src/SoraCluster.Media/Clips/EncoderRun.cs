using System.Globalization;

namespace SoraCluster.Media;

/// <summary>
/// What ffmpeg is told: one run reads the frames once and makes the clip and its stills, since starting it costs as much processor
/// time as encoding a short clip. It works in a folder with the marks and the sound, and leaves its results there.
/// </summary>
internal sealed class EncoderRun(ClipSpec spec, ClipSound? sound, bool stills, MediaOptions options)
{
    public const string Clip = "clip.mp4";
    public const string Thumbnail = "thumbnail.jpg";
    public const string Sheet = "sheet.jpg";

    private const string MarkFile = "mark.rgba";
    private const string SheetMarkFile = "sheet-mark.rgba";
    private const string SoundFile = "sound.f32";
    private const int SoundRate = 48_000;

    private const string Exact = "accurate_rnd+full_chroma_int+full_chroma_inp+bitexact";

    private readonly SpriteLayout layout = SpriteLayout.Plan(spec, options);
    private readonly Mark mark = Mark.For(spec.PictureArea());

    /// <summary>Puts down what ffmpeg reads beside the frames, and returns its arguments.</summary>
    /// <param name="work">Where it will run.</param>
    /// <param name="samples">The sound, as long as the picture; bytes of 32-bit floats.</param>
    public List<string> Prepare(WorkFolder work, ReadOnlySpan<byte> samples)
    {
        var sheetMark = Mark.For((0, 0, layout.Columns * layout.TileWidth, layout.Rows * layout.TileHeight));
        work.Write(MarkFile, mark.Rgba);
        List<string> inputs =
        [
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", $"{spec.SourceWidth}x{spec.SourceHeight}",
            "-framerate", $"{spec.FramesPerSecond}", "-i", "pipe:0", .. MarkInput(MarkFile, mark),
        ];
        if (sound is not null)
        {
            work.Write(SoundFile, samples);
            inputs.AddRange(["-f", "f32le", "-ar", $"{sound.SampleRate}", "-ac", "1", "-i", SoundFile]);
        }

        if (stills)
        {
            work.Write(SheetMarkFile, sheetMark.Rgba);
            inputs.AddRange(MarkInput(SheetMarkFile, sheetMark));
        }

        var graph = stills ? $"{Picture()},split=3[video][middle][spread];{Stills(sheetMark, sound is null ? 2 : 3)}" : $"{Picture()}[video]";
        return
        [
            // -xerror: without it, ffmpeg 5 ends with success when the disk is full at the end. One report of progress, at the end, is
            // enough: more of them would look like progress to the watchdog.
            "-hide_banner", "-nostats", "-progress", "pipe:1", "-stats_period", "86400", "-loglevel", "error", "-xerror", "-y", .. inputs,
            "-filter_complex_threads", $"{options.EncoderThreads}", "-filter_complex", graph,
            .. ClipOutput(), .. stills ? StillOutput("thumbnail", Thumbnail) : [], .. stills ? StillOutput("sheet", Sheet) : [],
        ];
    }

    /// <summary>The frames that ffmpeg says went into the clip, by the last of its reports; null when it says nothing of them.</summary>
    public static long? FramesIn(string reports)
    {
        const string Key = "frame=";
        var last = reports.Split('\n').LastOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return long.TryParse(last.AsSpan(last is null ? 0 : Key.Length), CultureInfo.InvariantCulture, out var count) ? count : null;
    }

    private static string[] MarkInput(string file, Mark mark) =>
        ["-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", $"{mark.Width}x{mark.Height}", "-i", file];

    private string Picture()
    {
        var (x, y, width, height) = spec.PictureArea();
        return
            $"[0:v]scale={width}:{height}:flags=lanczos+{Exact}:out_color_matrix=bt709:out_range=tv,format=yuv420p" +
            $",pad={spec.Width}:{spec.Height}:{x}:{y}:black[picture];" +
            $"[picture][1:v]overlay={mark.X}:{mark.Y}:eof_action=repeat" +
            ",setsar=1,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709";
    }

    private string Stills(Mark sheetMark, int markInput)
    {
        // JPEG means BT.601 at full range, a clip BT.709 at studio range; tiles are marked in between, in RGB.
        const string Scaler = $"flags=area+{Exact}";
        const string Decode = $"in_color_matrix=bt709:{Scaler},format=gbrp";
        const string Encode = $"scale=out_color_matrix=bt601:out_range=full:{Scaler},format=yuvj420p,setsar=1";
        var chosen = string.Join('+', layout.Frames.Select(frame => $"eq(n\\,{frame})"));
        return
            $"[middle]select=eq(n\\,{spec.FrameCount / 2}),scale={Decode},{Encode}[thumbnail];" +
            $"[spread]select={chosen},scale={layout.TileWidth}:{layout.TileHeight}:{Decode}" +
            $",tile={layout.Columns}x{layout.Rows}:nb_frames={layout.Frames.Count}[tiles];" +
            $"[tiles][{markInput}:v]overlay={sheetMark.X}:{sheetMark.Y}:format=gbrp,{Encode}[sheet]";
    }

    private List<string> ClipOutput()
    {
        List<string> arguments =
        [
            "-map", "[video]", "-c:v", "libx264", "-preset", options.Preset, "-crf", $"{options.Quality}", "-g", $"{2 * spec.FramesPerSecond}",
            "-x264-params", $"threads={options.EncoderThreads}:cpu-independent=1",
        ];
        if (sound is not null)
        {
            arguments.AddRange(["-map", "2:a", "-c:a", "aac", "-b:a", $"{options.SoundBitrate}k", "-ar", $"{SoundRate}"]);
        }

        // The time scale makes the duration of any number of frames exact; bitexact leaves out versions and dates.
        arguments.AddRange(
        [
            "-map_metadata", "-1", "-metadata", $"comment={AiLabel.Words}", "-metadata", $"description={AiLabel.Words}",
            "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
            "-movie_timescale", $"{1000 * spec.FramesPerSecond}", "-movflags", "+faststart", Clip,
        ]);
        return arguments;
    }

    private static string[] StillOutput(string stream, string file) =>
    [
        "-map", $"[{stream}]", "-frames:v", "1", "-update", "1", "-q:v", "3", "-map_metadata", "-1", "-flags:v", "+bitexact", "-threads", "1", file,
    ];
}
