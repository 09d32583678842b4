using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Models;
using SoraCluster.Media;

namespace SoraCluster.Worker.Engine;

/// <summary>
/// Between latents and files. Finished latents become the clip, its stills and a file of the latents themselves; frames go from the decoder to the
/// encoder group by group, so that memory does not grow with the length. An upload that a clip starts from becomes pixels and samples.
/// </summary>
public sealed class ClipPackager
{
    private const string FolderPrefix = "clip-";

    private readonly ClipWriter writer;
    private readonly UploadReader uploads;
    private readonly string folder;
    private long count;

    /// <param name="media">How clips are encoded.</param>
    /// <param name="folder">Where clips are put together: no other process's. What an earlier one left there is removed.</param>
    /// <param name="clock">For the encoder's stall limit.</param>
    public ClipPackager(MediaOptions media, string folder, TimeProvider clock)
    {
        writer = new ClipWriter(media, clock);
        this.folder = Directory.CreateDirectory(folder).FullName;
        uploads = new UploadReader(media, this.folder, clock);
        foreach (var left in Directory.GetDirectories(this.folder, FolderPrefix + "*"))
        {
            Directory.Delete(left, recursive: true);
        }
    }

    /// <param name="spec">The job.</param>
    /// <param name="sampler">Has its latents.</param>
    /// <param name="runtime">Decodes them.</param>
    /// <param name="decoding">Where: it keeps a core busy, which the thread pool's threads are not there for.</param>
    /// <param name="cancellation">Stops the encoder at once, the decoder at its next group.</param>
    /// <exception cref="ClipFaultException">The latents are not numbers.</exception>
    /// <exception cref="MediaException">Encoding failed.</exception>
    internal async Task<IFinishedClip> PackageAsync(
        JobSpec spec, ClipSampler sampler, IPackRuntime runtime, DeviceThread decoding, CancellationToken cancellation)
    {
        var latents = sampler.Latents;
        CheckNumbers(latents);
        var work = Path.Combine(folder, $"{FolderPrefix}{Interlocked.Increment(ref count)}");
        Directory.CreateDirectory(work);
        try
        {
            var video = Path.Combine(work, "video.mp4");
            var thumbnail = Path.Combine(work, "thumbnail.jpg");
            var sprites = Path.Combine(work, "spritesheet.jpg");
            var sound = spec.Audio ? await decoding.RunAsync(() => runtime.Decoder.DecodeAudio(latents), cancellation) : null;
            await writer.WriteAsync(
                Shape(spec, sampler, runtime), Frames(latents, sampler.Settings.Frames, runtime.Decoder, decoding, cancellation),
                sound is null ? null : new ClipSound(sound, runtime.Pack.Manifest.SampleRate),
                video, new ClipStills(thumbnail, sprites), cancellation);
            var tensors = Path.Combine(work, "latents.safetensors");
            await using (var file = File.Create(tensors))
            {
                ClipLatents.Write(file, latents, runtime.Pack);
            }

            return new FinishedClip(
                work,
                await PartAsync(video, cancellation),
                await PartAsync(thumbnail, cancellation),
                await PartAsync(sprites, cancellation),
                await PartAsync(tensors, cancellation));
        }
        catch
        {
            FinishedClip.Remove(work);
            throw;
        }
    }

    /// <summary>The picture that a clip starts from, at the pack's size: RGB24 [height, width, 3].</summary>
    /// <exception cref="ClipFaultException">It is no picture any more.</exception>
    /// <exception cref="MediaException">There is no ffmpeg, or the disk is full.</exception>
    internal Task<byte[]> ReadPictureAsync(Stream png, PackManifest pack, CancellationToken cancellation) =>
        ReadAsync(() => uploads.ReadPictureAsync(png, pack.Width, pack.Height, cancellation), "picture");

    /// <summary>The clip that one starts from, at the pack's size and rates: RGB24 [frames, height, width, 3], and its sound.</summary>
    /// <exception cref="ClipFaultException">It is no clip any more.</exception>
    /// <exception cref="MediaException">There is no ffmpeg, or the disk is full.</exception>
    internal Task<(byte[] Rgb, float[] Samples)> ReadClipAsync(Stream mp4, PackManifest pack, int frames, CancellationToken cancellation) =>
        ReadAsync(() => uploads.ReadClipAsync(mp4, pack.Width, pack.Height, pack.FrameRate, frames, pack.SampleRate, cancellation), "clip");

    private static async Task<T> ReadAsync<T>(Func<Task<T>> read, string what)
    {
        try
        {
            return await read();
        }
        catch (MediaException e) when (e.Failure is MediaFailure.InvalidInput)
        {
            throw new ClipFaultException($"The {what} that this clip starts from cannot be read any more.", e);
        }
    }

    private static ClipSpec Shape(JobSpec spec, ClipSampler sampler, IPackRuntime runtime)
    {
        var pack = runtime.Pack.Manifest;
        return FrameSize.TryParse(spec.Size, out var size)
            ? new ClipSpec(pack.Width, pack.Height, size.Width, size.Height, pack.FrameRate, sampler.Settings.Frames)
            : throw new ClipFaultException($"'{spec.Size}' is not a size that a clip can have.");
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Frames(
        LatentSet latents, int frames, IClipDecoder decoder, DeviceThread decoding, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var groups = decoder.DecodeVideo(latents).GetEnumerator();
        while (await decoding.RunAsync(groups.MoveNext, cancellation))
        {
            var group = groups.Current;
            var wanted = Math.Min(frames, group.Count);
            frames -= wanted;
            if (wanted > 0)
            {
                yield return group.Rgb[..(wanted * group.Height * group.Width * 3)];
            }
        }
    }

    private static void CheckNumbers(LatentSet latents)
    {
        foreach (var shape in latents.Shapes)
        {
            if (Array.Exists(latents[shape.Name], value => !float.IsFinite(value)))
            {
                throw new ClipFaultException("The model's result for this prompt and these settings is not a picture (it left the number range).");
            }
        }
    }

    private static async Task<ClipPart> PartAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        var digest = await SHA256.HashDataAsync(file, cancellation);
        return new ClipPart(
            Path.GetFileName(path),
            file.Length,
            Convert.ToHexStringLower(digest),
            async (destination, token) =>
            {
                await using var source = File.OpenRead(path);
                await source.CopyToAsync(destination, token);
            });
    }
}
