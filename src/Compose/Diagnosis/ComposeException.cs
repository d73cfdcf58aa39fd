using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Diagnosis;

/// <summary>Loading cannot go on: the document, or what a later phase needs of it, makes no sense.</summary>
internal sealed class ComposeException(Position position, string message) : Exception(message)
{
    internal Position Position { get; } = position;
}
