using Devoxx.Runtime.Resolver.Zones;

namespace Devoxx.Runtime.Resolver.Forwarding;

/// <summary>The host's own resolvers. The file is looked at whenever somebody asks, and read when it is another: networks change under a laptop.</summary>
internal sealed class HostServers(string path)
{
    private (DateTime Written, long Length) _seen;
    private Upstreams _servers = new([]);

    public Upstreams Current()
    {
        try
        {
            // Often a link: what it points to counts.
            var file = new FileInfo(path);
            if (file.LinkTarget is not null)
            {
                file = (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            }

            var seen = (file.LastWriteTimeUtc, file.Length);
            if (seen != _seen)
            {
                _servers = new Upstreams(ResolvConf.Servers(File.ReadAllText(path)));
                _seen = seen;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Being replaced, or not there at all: those known last are asked.
            _seen = default;
        }

        return _servers;
    }
}
