using Devoxx.Native.Files;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Devoxx.Supervisor.Control;

/// <summary>
/// The control API on the supervisor's Unix socket. Kestrel by itself, without a host around it: no configuration,
/// container, routing or middleware, none of which it needs and all of which would be waited for at every start.
/// </summary>
internal sealed class ControlServer : IDisposable
{
    private readonly KestrelServer server;
    private readonly string socketPath;

    public ControlServer(string socketPath)
    {
        this.socketPath = socketPath;
        var options = new KestrelServerOptions { ApplicationServices = NoServices.Instance, AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null;
        options.ListenUnixSocket(socketPath, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => IsAllowed(connection) ? next(connection) : Task.CompletedTask);
        });
        server = new KestrelServer(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
    }

    public async Task StartAsync(Func<HttpContext, Task> handle, CancellationToken cancellation)
    {
        File.Delete(socketPath);
        await server.StartAsync(new Application(handle), cancellation).ConfigureAwait(false);
        File.SetUnixFileMode(socketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>No new connections; those that are open have until the token to finish.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        File.Delete(socketPath);
        await server.StopAsync(cancellation).ConfigureAwait(false);
    }

    public void Dispose() => server.Dispose();

    /// <summary>Only who could do all of this without us: root, or who the supervisor runs as.</summary>
    private static bool IsAllowed(ConnectionContext connection)
    {
        var socket = connection.Features.Get<IConnectionSocketFeature>()!.Socket;
        var peer = PeerCredentials.Of(socket.SafeHandle);
        return peer.Uid == 0 || peer.Uid == Tmds.Linux.LibC.geteuid();
    }

    private sealed class Application(Func<HttpContext, Task> handle) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => handle(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
