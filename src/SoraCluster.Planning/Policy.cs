namespace SoraCluster.Planning;

/// <summary>By which rule devices are shared.</summary>
public enum Policy
{
    /// <summary>The step queue: classes, fair shares, steps taken together, yielding.</summary>
    StepQueue,

    /// <summary>One job per worker at a time, in the order of arrival, run to the end.</summary>
    FirstCome,
}
