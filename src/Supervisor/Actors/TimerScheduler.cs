using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Devoxx.Supervisor.Actors;

/// <summary>
/// Akka's scheduler on the runtime's own timers. Akka's default turns a wheel a hundred times a second also when nothing
/// is due (HashedWheelTimerScheduler), and blocks who uses it first until the thread pool has a thread for it: with a hundred
/// persistent actors that start at once, for up to 20 s. A supervisor that watches idle containers for weeks has to sleep.
/// </summary>
internal sealed class TimerScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log)
{
    private static readonly long Start = Stopwatch.GetTimestamp();

    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(Start);

    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(Start);

    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Run(delay, Timeout.InfiniteTimeSpan, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Run(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Run(delay, Timeout.InfiniteTimeSpan, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        Run(delay, Timeout.InfiniteTimeSpan, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Run(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Run(initialDelay, interval, action.Run, cancelable);

    private void Run(TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable)
    {
        var due = new Due(action, cancelable, Log);
        due.Begin(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, interval);
        // A timer that was cancelled is not kept until it would have been due.
        cancelable?.Token.UnsafeRegister(static state => ((Due)state!).Dispose(), due);
    }

    /// <summary>One thing that is due; the runtime's timer queue holds it while its timer lives.</summary>
    private sealed class Due(Action action, ICancelable? cancelable, ILoggingAdapter log) : IDisposable
    {
        private Timer? timer;
        private bool repeats;

        public void Begin(TimeSpan delay, TimeSpan interval)
        {
            repeats = interval != Timeout.InfiniteTimeSpan;
            timer = new Timer(static state => ((Due)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(delay, interval);
        }

        public void Dispose() => timer?.Dispose();

        private void Fire()
        {
            if (cancelable is { IsCancellationRequested: true })
            {
                Dispose();
                return;
            }

            try
            {
                action();
            }
            catch (Exception e)
            {
                log.Error(e, "what was scheduled failed");
            }

            if (!repeats)
            {
                Dispose();
            }
        }
    }
}
