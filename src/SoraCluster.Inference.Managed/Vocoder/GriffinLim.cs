using System.Runtime.CompilerServices;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;

namespace SoraCluster.Inference.Managed.Vocoder;

/// <summary>
/// Sound from log-mel frames without weights: magnitudes from the mel bands, then phases by Griffin and Lim (1984) with the momentum of Perraudin,
/// Balazs and Søndergaard (2013). Frame k is centred on sample (k + ½) hop; the window is the symmetric Hann window. The phases start from fixed
/// counter noise, so the same frames give the same samples.
/// </summary>
internal sealed unsafe class GriffinLim<T>
    where T : struct, ILanes<T>
{
    private const int Lanes = ILanes<T>.Count;
    private const float Momentum = 0.99f;
    private const float LeastWeight = 1e-2f;
    private const float LeastMagnitude = 1e-9f;

    private readonly GriffinLimConfig config;
    private readonly ThreadTeam team;
    private readonly float[] window;
    private readonly MelInverter<T>[] inverters;
    private readonly RealFft<T>[] transforms;

    public GriffinLim(GriffinLimConfig config, ThreadTeam team)
    {
        this.config = config;
        this.team = team;
        window = HannWindow.Symmetric(config.NFft);
        inverters = [.. Enumerable.Range(0, team.Count).Select(_ => new MelInverter<T>(config))];
        transforms = [.. Enumerable.Range(0, team.Count).Select(_ => new RealFft<T>(config.NFft))];
    }

    /// <summary>Samples in [-1, 1]: frames * hop of them.</summary>
    /// <param name="latents">Normalised log-mel: [frames, bands].</param>
    public float[] Run(float[] latents)
    {
        var frames = latents.Length / config.NMels;
        var state = new State(frames, config, window);
        team.Run(worker =>
        {
            Start(worker, latents, state);
            team.Await();
            for (var i = 0; i < config.Iterations; i++)
            {
                OverlapAdd(worker, state);
                team.Await();
                Refine(worker, state);
                team.Await();
            }

            OverlapAdd(worker, state);
        });

        var skip = (config.NFft - config.HopLength) / 2;
        return [.. state.Samples.Skip(skip).Take(frames * config.HopLength).Select(sample => Math.Clamp(sample, -1f, 1f))];
    }

    /// <summary>Magnitudes, first phases and the pieces they make.</summary>
    private void Start(int worker, float[] latents, State state)
    {
        for (var group = worker; group < state.Groups; group += team.Count)
        {
            inverters[worker].Run(latents, group * Lanes, state.Magnitude(group));
            for (var i = 0; i < state.Bins * Lanes; i++)
            {
                var word = Philox4x32.Block(0, (uint)i, (uint)group, 0, 0).X0;
                var (sin, cos) = StableMath.SinCosTurns(word / 4294967296.0);
                state.PhaseRe(group)[i] = (float)cos;
                state.PhaseIm(group)[i] = (float)sin;
            }

            Synthesize(worker, group, state);
        }
    }

    /// <summary>Windowed samples of every frame of a group, from its magnitudes and phases.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Synthesize(int worker, int group, State state)
    {
        float* re = state.PhaseRe(group), im = state.PhaseIm(group), magnitude = state.Magnitude(group);
        for (var i = 0; i < state.Bins * Lanes; i += Lanes)
        {
            var m = T.Load(magnitude + i);
            (T.Load(re + i) * m).Store(re + i);
            (T.Load(im + i) * m).Store(im + i);
        }

        transforms[worker].Inverse(re, im, state.Pieces(group));
        for (var i = 0; i < config.NFft; i++)
        {
            var piece = state.Pieces(group) + (i * Lanes);
            (T.Load(piece) * T.Create(window[i])).Store(piece);
        }
    }

    /// <summary>One worker's stretch of the signal: every sample sums the pieces that cover it, in order, and takes out the window's square.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void OverlapAdd(int worker, State state)
    {
        var hop = config.HopLength;
        var stretches = (state.Samples.Length + hop - 1) / hop;
        for (var stretch = worker * stretches / team.Count; stretch < (worker + 1) * stretches / team.Count; stretch++)
        {
            var samples = state.Samples.AsSpan(stretch * hop, Math.Min(hop, state.Samples.Length - (stretch * hop)));
            samples.Clear();
            for (var frame = Math.Max(0, stretch - (config.NFft / hop)); frame <= Math.Min(stretch, state.Frames - 1); frame++)
            {
                var offset = (stretch - frame) * hop;
                var piece = state.Pieces(frame / Lanes) + (offset * Lanes) + (frame % Lanes);
                var count = Math.Min(samples.Length, config.NFft - offset);
                for (var i = 0; i < count; i++, piece += Lanes)
                {
                    samples[i] += *piece;
                }
            }

            var weights = state.InverseWeight.AsSpan(stretch * hop, samples.Length);
            for (var i = 0; i < samples.Length; i++)
            {
                samples[i] *= weights[i];
            }
        }
    }

    /// <summary>Spectra of the signal as it is now; their phases, carried on by the momentum, are the next ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Refine(int worker, State state)
    {
        for (var group = worker; group < state.Groups; group += team.Count)
        {
            Analyze(worker, group, state);
            float* re = state.PhaseRe(group), im = state.PhaseIm(group);
            float* beforeRe = state.BeforeRe(group), beforeIm = state.BeforeIm(group);
            for (var i = 0; i < state.Bins * Lanes; i += Lanes)
            {
                T nowRe = T.Load(re + i), nowIm = T.Load(im + i);
                var aheadRe = T.FusedMultiplyAdd(nowRe - T.Load(beforeRe + i), T.Create(Momentum), nowRe);
                var aheadIm = T.FusedMultiplyAdd(nowIm - T.Load(beforeIm + i), T.Create(Momentum), nowIm);
                nowRe.Store(beforeRe + i);
                nowIm.Store(beforeIm + i);
                var length = T.Max(T.Sqrt(T.FusedMultiplyAdd(aheadRe, aheadRe, aheadIm * aheadIm)), T.Create(LeastMagnitude));
                (aheadRe / length).Store(re + i);
                (aheadIm / length).Store(im + i);
            }

            Synthesize(worker, group, state);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Analyze(int worker, int group, State state)
    {
        var pieces = state.Pieces(group);
        for (var lane = 0; lane < Lanes; lane++)
        {
            // Frames past the end repeat the last one; their magnitudes are zero, so nobody hears them.
            var frame = Math.Min((group * Lanes) + lane, state.Frames - 1);
            var samples = state.Samples.AsSpan(frame * config.HopLength, window.Length);
            var target = pieces + lane;
            for (var i = 0; i < window.Length; i++, target += Lanes)
            {
                *target = samples[i] * window[i];
            }
        }

        transforms[worker].Forward(pieces, state.PhaseRe(group), state.PhaseIm(group));
    }

    /// <summary>The working memory of one clip; frames in groups of sixteen, bins and samples outside, lanes inside.</summary>
    private sealed class State
    {
        private readonly int nFft;
        private readonly AlignedBuffer spectra;
        private readonly AlignedBuffer pieces;

        public State(int frames, GriffinLimConfig config, float[] window)
        {
            nFft = config.NFft;
            Frames = frames;
            Bins = (nFft / 2) + 1;
            Groups = (frames + Lanes - 1) / Lanes;
            spectra = new AlignedBuffer(Groups * Bins * Lanes * 5);
            pieces = new AlignedBuffer(Groups * nFft * Lanes);
            Samples = new float[((frames - 1) * config.HopLength) + nFft];
            InverseWeight = new float[Samples.Length];
            for (var frame = 0; frame < frames; frame++)
            {
                for (var i = 0; i < nFft; i++)
                {
                    InverseWeight[(frame * config.HopLength) + i] += window[i] * window[i];
                }
            }

            InverseWeight = Array.ConvertAll(InverseWeight, weight => 1 / Math.Max(weight, LeastWeight));
        }

        public int Frames { get; }

        public int Bins { get; }

        public int Groups { get; }

        /// <summary>The signal; it starts half a window before the centre of the first frame.</summary>
        public float[] Samples { get; }

        public float[] InverseWeight { get; }

        public float* Magnitude(int group) => Spectrum(group, 0);

        public float* PhaseRe(int group) => Spectrum(group, 1);

        public float* PhaseIm(int group) => Spectrum(group, 2);

        public float* BeforeRe(int group) => Spectrum(group, 3);

        public float* BeforeIm(int group) => Spectrum(group, 4);

        public float* Pieces(int group) => pieces.Pointer + ((nint)group * nFft * Lanes);

        private float* Spectrum(int group, int which) => spectra.Pointer + ((((nint)group * 5) + which) * Bins * Lanes);
    }
}
