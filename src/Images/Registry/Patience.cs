namespace Devoxx.Images.Registry;

/// <summary>How long somebody may be silent. Renewed as long as something moves, and over with its disposal.</summary>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource _over;
    private readonly CancellationToken _cancellation;
    private readonly TimeSpan _limit;
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <param name="cancellation">Of whoever waits: that is no silence.</param>
    public Patience(TimeSpan limit, CancellationToken cancellation)
    {
        (_limit, _cancellation) = (limit, cancellation);
        _over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _over.CancelAfter(limit);
    }

    public CancellationToken Token => _over.Token;

    /// <summary>Something has moved. A body may still be on its way when its answer has been read.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _over.CancelAfter(_limit);
            }
        }
    }

    /// <exception cref="SilenceException">It took too long.</exception>
    public async Task<T> Of<T>(Task<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (Exception exception) when (_over.IsCancellationRequested && !_cancellation.IsCancellationRequested && exception is OperationCanceledException or IOException or HttpRequestException)
        {
            throw new SilenceException(_limit, exception);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _over.Dispose();
        }
    }
}

/// <summary>The connection stands, and nothing comes.</summary>
internal sealed class SilenceException(TimeSpan limit, Exception inner) : TimeoutException($"nothing came for {limit.TotalSeconds:0.#} s", inner)
{
    public TimeSpan Limit { get; } = limit;
}
