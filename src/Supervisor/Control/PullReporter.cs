using System.Threading.Channels;
using Devoxx.Images;

namespace Devoxx.Supervisor.Control;

/// <summary>Tells whoever asked how far a pull or push is.</summary>
internal sealed class PullReporter(ChannelWriter<ControlLine> output) : IProgress<PullProgress>
{
    public void Report(PullProgress value) => output.TryWrite(new ControlLine(ImageProgressView.Of(value)));
}
