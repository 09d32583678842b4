using SoraCluster.Domain.Presets;

namespace SoraCluster.Silo.Presets;

/// <summary><see cref="IPresetShelf"/> in the cluster.</summary>
public interface IPresetShelfGrain : IPresetShelf, IGrainWithStringKey;
