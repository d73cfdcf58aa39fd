using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Bundles;
using Devoxx.Supervisor.Health;
using Devoxx.Supervisor.Monitors;

namespace Devoxx.Supervisor.Containers;

/// <summary>
/// What the container tells of itself, by sd_notify(3). Its monitor holds the socket open too, and so do messages wait while
/// no supervisor is there; the next one takes the socket from the monitor, or makes another in its place.
/// </summary>
internal sealed partial class ContainerActor
{
    /// <summary>Messages heard at once in a second; from then on one at a time, so that a journal is not flooded, and no watchdog starves.</summary>
    private const int MessagesPerSecond = 20;

    private static readonly TimeSpan TimeBetweenMessages = TimeSpan.FromSeconds(1) / MessagesPerSecond;

    private NotifySocket? notifications;
    private CancellationTokenSource? listening;

    /// <exception cref="IOException">The socket cannot be made.</exception>
    private NotifySocket? OpenNotifications()
    {
        CloseNotifications();
        return State.Spec!.Notify is null ? null : notifications = BindNotifications();
    }

    private NotifySocket BindNotifications()
    {
        var directory = Bundle.NotifyDirectory(environment.Root, id);
        Directory.CreateDirectory(directory);
        return NotifySocket.Bind(directory);
    }

    private void Listen(int run)
    {
        if (State.Spec!.Notify is null)
        {
            return;
        }

        notifications ??= (monitor is null ? null : NotifySocket.Take(monitor, MonitorProcess.NotifyFd))
            ?? BindNotifications();
        listening?.Cancel();
        listening = new CancellationTokenSource();
        _ = ListenAsync(run, notifications, Self, Context.GetLogger(), listening.Token);
        if (State.Notified is { Ready: true, Watchdog: { } watchdog })
        {
            // Adopted: whoever was silent while nobody listened gets its time anew.
            FeedWatchdog(run, watchdog);
        }
    }

    private async Task ListenAsync(int run, NotifySocket socket, IActorRef self, ILoggingAdapter log, CancellationToken cancellation)
    {
        try
        {
            var (heard, second) = (0, environment.Clock.GetTimestamp());
            while (true)
            {
                await environment.Reactor.WhenReadable(socket, cancellation).ConfigureAwait(false);
                while (socket.TryReceive() is { } datagram)
                {
                    self.Tell(new Notification(run, datagram));
                    if (environment.Clock.GetElapsedTime(second) >= TimeSpan.FromSeconds(1))
                    {
                        (heard, second) = (0, environment.Clock.GetTimestamp());
                    }
                    else if (++heard >= MessagesPerSecond)
                    {
                        await Task.Delay(TimeBetweenMessages, environment.Clock, cancellation).ConfigureAwait(false);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over, or the supervisor leaves.
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            log.Warning("{0}: no more notifications are heard: {1}", id, e.Message);
        }
    }

    private void Hear(Notification notification)
    {
        if (notification.Run == State.Run && IsOurs(notification.Datagram.Pid))
        {
            Do(new NotificationReceived(notification.Run, NotifyMessage.Parse(notification.Datagram.Text)));
        }
    }

    /// <summary>
    /// Only the container can reach the socket, and root. One that has left already cannot be asked who it was: the
    /// <c>systemd-notify</c> of a script is gone before its message is read.
    /// </summary>
    private bool IsOurs(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/cgroup").Contains(CgroupPath, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private void FeedWatchdog(int run, TimeSpan? watchdog)
    {
        if (watchdog is { } silence)
        {
            Later("watchdog", silence, new WatchdogElapsed(run, silence));
        }
        else
        {
            Timers.Cancel("watchdog");
        }
    }

    private void CloseNotifications()
    {
        listening?.Cancel();
        listening?.Dispose();
        listening = null;
        notifications?.Dispose();
        notifications = null;
    }

    private sealed record Notification(int Run, NotifyDatagram Datagram);
}
