using SoraCluster.Domain.Users;

namespace SoraCluster.Silo.Users;

/// <summary><see cref="IUser"/> in the cluster.</summary>
public interface IUserGrain : IUser, IGrainWithStringKey;
