using System.ComponentModel.DataAnnotations;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Planning;

/// <summary>The cluster that is planned.</summary>
public sealed record PlanOptions
{
    /// <summary>Workers, all alike. Default 1; 1 to 10,000.</summary>
    [Range(1, Sizing.Most)]
    public int Workers { get; init; } = 1;

    /// <summary>Jobs that a worker denoises at the same time. Default 4; 1 to 256. First come first served always has one.</summary>
    [Range(1, 256)]
    public int Seats { get; init; } = 4;

    /// <summary>
    /// The part of a step's time that the jobs of a pass share, whatever their number: 0, where a pass of two takes twice as long
    /// as one, to 1, where it takes no longer. Default 0, which a processor comes near to; a GPU is nearer to 1 for small shapes.
    /// </summary>
    [Range(0.0, 1.0)]
    public double SharedPart { get; init; }

    /// <summary>Device time lost when a job comes back to a worker: its state is read, or kept warm. Default 50 ms; 0 to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Resume { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>What is not done by then is left out. Default: everything is played to its end.</summary>
    public TimeSpan Until { get; init; } = TimeSpan.MaxValue;

    public Policy Policy { get; init; }

    public QueueOptions Queues { get; init; } = new();

    /// <exception cref="ValidationException">An option is out of range; names it.</exception>
    internal PlanOptions Checked()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        Validator.ValidateObject(Queues, new ValidationContext(Queues), validateAllProperties: true);
        return this;
    }
}
