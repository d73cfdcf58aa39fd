using System.Net;
using Devoxx.Images.Archives;
using Devoxx.Native;

namespace Devoxx.Images.Registry;

/// <summary>
/// A blob as it comes from a registry. Where the connection breaks or stalls it is taken up at the same byte, and whoever reads does not notice. To be
/// read on a thread of its own: it blocks.
/// </summary>
/// <param name="elsewhere">Where it may be had when the registry does not have it: "foreign" layers, which registries must not hand out.</param>
internal sealed class BlobStream(
    RegistryConnection connection, Digest digest, long size, IReadOnlyList<string> elsewhere, PullOptions options, CancellationToken cancellation) : ReadOnlyStream
{
    /// <summary>A registry that gives less than this between two breaks is not getting anywhere.</summary>
    private const long Progress = 64 << 10;

    private HttpResponseMessage? _response;
    private Stream? _body;
    private Timer? _watchdog;
    private long _position;
    private long _lastFailure;
    private int _failures;
    private long _lastRead;
    private Exception? _given;
    private volatile bool _stalled;

    /// <summary>How many of the places in <c>elsewhere</c> were tried; 0: only the registry itself.</summary>
    private int _places;

    public override int Read(Span<byte> buffer)
    {
        if (_given is not null)
        {
            throw _given;
        }

        while (_position < size)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                _body ??= Open();
                Volatile.Write(ref _lastRead, Environment.TickCount64);
                var read = _body.Read(buffer[..(int)Math.Min(buffer.Length, size - _position)]);
                if (read > 0)
                {
                    _position += read;
                    return read;
                }

                throw new EndOfStreamException();
            }
            catch (Exception exception) when (IsBroken(exception))
            {
                Disconnect();
                Resume(exception);
            }
            catch (Exception exception) when (cancellation.IsCancellationRequested && exception is not OperationCanceledException)
            {
                throw new OperationCanceledException(null, exception, cancellation);
            }
            catch (ImageException exception)
            {
                _given = exception;
                throw;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        Disconnect();
        base.Dispose(disposing);
    }

    private bool IsBroken(Exception exception) => !cancellation.IsCancellationRequested
        && (exception is ObjectDisposedException or HttpRequestException or (IOException and not (ImageException or LinuxException)) or OperationCanceledException);

    private void Resume(Exception cause)
    {
        _failures = _position - _lastFailure >= Progress ? 1 : _failures + 1;
        _lastFailure = _position;
        if (_stalled)
        {
            _stalled = false;
            cause = new SilenceException(options.StallTimeout, cause);
        }

        if (_failures > options.Retries)
        {
            _given = cause is EndOfStreamException or HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }
                ? new ImageException($"{connection.Host} gives only {_position} of the {size} bytes of {digest}")
                : new ImageException($"the download of {digest} from {connection.Host} broke off {_failures} times: it {RegistryErrors.Why(cause)}", cause);
            throw _given;
        }

        connection.PauseAsync(_failures - 1, null, $"{(cause is SilenceException ? "fell silent" : "broke off")} at {_position} of {size} bytes", cancellation).GetAwaiter().GetResult();
    }

    private Stream Open()
    {
        _response = Ask();
        var content = _response.Content.Headers;
        if (_response.StatusCode == HttpStatusCode.PartialContent && content.ContentRange?.From is { } from && from != _position)
        {
            throw new ImageException($"{connection.Host} was asked for {digest} from byte {_position} on, and gives it from {from}");
        }

        var given = _response.StatusCode switch
        {
            HttpStatusCode.RequestedRangeNotSatisfiable => _position,
            HttpStatusCode.PartialContent => content.ContentRange?.Length ?? size,
            _ => content.ContentLength ?? size,
        };
        if (given > size)
        {
            throw new ImageException($"{connection.Host} has {given} bytes for {digest}, but its manifest says {size}");
        }

        if (given < size)
        {
            throw new EndOfStreamException();
        }

        var body = _response.Content.ReadAsStream(cancellation);
        var response = _response;
        Volatile.Write(ref _lastRead, Environment.TickCount64);
        _watchdog = new Timer(
            _ =>
            {
                // Ends a read that would wait for ever, and one that nobody wants any more: blocking reads know no token.
                var stalled = Environment.TickCount64 - Volatile.Read(ref _lastRead) > options.StallTimeout.TotalMilliseconds;
                if (cancellation.IsCancellationRequested || stalled)
                {
                    _stalled = stalled;
                    response.Dispose();
                }
            },
            null,
            TimeSpan.FromSeconds(0.5),
            TimeSpan.FromSeconds(0.5));
        if (_response.StatusCode == HttpStatusCode.OK && _position > 0)
        {
            // A registry without ranges: what we have is read over.
            Skip(body, _position);
        }

        return body;
    }

    /// <summary>The registry, then whatever other place there is. Nobody but the registry is shown its credentials.</summary>
    private HttpResponseMessage Ask()
    {
        while (true)
        {
            var response = connection.SendAsync(
                HttpMethod.Get,
                _places == 0 ? $"blobs/{digest}" : elsewhere[_places - 1],
                request => request.Headers.Range = _position > 0 ? new(_position, null) : null,
                _places < elsewhere.Count ? [HttpStatusCode.RequestedRangeNotSatisfiable, HttpStatusCode.NotFound] : [HttpStatusCode.RequestedRangeNotSatisfiable],
                cancellation).GetAwaiter().GetResult();
            if (response.StatusCode != HttpStatusCode.NotFound)
            {
                return response;
            }

            response.Dispose();
            _places++;
        }
    }

    private void Skip(Stream body, long count)
    {
        var buffer = new byte[64 << 10];
        while (count > 0)
        {
            Volatile.Write(ref _lastRead, Environment.TickCount64);
            var read = body.Read(buffer, 0, (int)Math.Min(count, buffer.Length));
            count -= read > 0 ? read : throw new EndOfStreamException();
        }
    }

    private void Disconnect()
    {
        _watchdog?.Dispose();
        _body?.Dispose();
        _response?.Dispose();
        (_watchdog, _body, _response) = (null, null, null);
    }
}
