using System.Globalization;
using Akka.Actor;
using Devoxx.Supervisor.Actors;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>Answers when the supervisor has come to rest.</summary>
internal sealed class SettledEndpoint(IActorRef supervisor, UnderWay underWay)
{
    private static readonly TimeSpan Most = TimeSpan.FromDays(1);

    public async Task AwaitAsync(HttpContext http)
    {
        var within = http.Request.Query["within"].ToString() is { Length: > 0 } text
            ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 && seconds <= Most.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : throw new FormatException($"within={text} is not a number of seconds from 0 to {Most.TotalSeconds}")
            : Most;
        SettledView view;
        try
        {
            // Zero would be for ever.
            await supervisor.Ask<Settled>(new AwaitSettled(), within > TimeSpan.Zero ? within : TimeSpan.FromMilliseconds(1), http.RequestAborted).ConfigureAwait(false);
            view = new SettledView(true, []);
        }
        catch (AskTimeoutException)
        {
            view = new SettledView(false, underWay.What);
        }

        await ControlReplies.JsonAsync(http, view, ControlJson.Default.SettledView).ConfigureAwait(false);
    }
}
