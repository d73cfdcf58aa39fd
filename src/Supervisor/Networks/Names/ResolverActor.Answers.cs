using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using Devoxx.Native.Files;

namespace Devoxx.Supervisor.Networks.Names;

/// <summary>Who is told that its questions are answered: the resolver says so by a file for each.</summary>
internal sealed partial class ResolverActor
{
    /// <summary>Looks who has been answered for, and waits for the next.</summary>
    private void Listen(string? error)
    {
        if (error is not null)
        {
            listening = false;
            FailAll(error);
            return;
        }

        try
        {
            answers ??= Watched();
            _ = answers.Read();
            foreach (var command in awaited.Values.ToList())
            {
                if (ResolverProcess.Answer(directory, command.Client.ContainerId) is { } answer && answer.Run == command.Client.Run)
                {
                    Reply(command, answer.Error);
                }
            }

            environment.Reactor.WhenReadable(answers).PipeTo(Self, success: () => new AnswersChanged(null), failure: e => new AnswersChanged(e.Message));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            listening = false;
            FailAll(e.Message);
        }
    }

    private Inotify Watched()
    {
        var inotify = new Inotify();
        inotify.Watch(directory.Served, InotifyMask.MovedTo | InotifyMask.OnlyDirectory);
        return inotify;
    }

    private void Reply(ServeNames command, string? error)
    {
        Timers.Cancel(command.Client.ContainerId);
        awaited.Remove(command.Client.ContainerId);
        command.ReplyTo.Tell(new NamesServed(command.Client.ContainerId, command.Client.Run, error));
    }

    private void FailAll(string error)
    {
        Context.GetLogger().Error("names: {0}", error);
        foreach (var command in awaited.Values.ToList())
        {
            Reply(command, $"names cannot be resolved: {error}");
        }
    }

    private sealed record AnswersChanged(string? Error);

    private sealed record NotAnswered(string ContainerId, string Run);
}
