using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("SoraCluster.Local.Tests")]
