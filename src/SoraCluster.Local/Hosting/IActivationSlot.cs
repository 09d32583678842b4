namespace SoraCluster.Local.Hosting;

/// <summary>What the host needs to know about the slot of an activation.</summary>
public interface IActivationSlot
{
    /// <summary>The slot may differ from the store: the activation must go.</summary>
    bool Stale { get; }

    Task LoadAsync();
}
