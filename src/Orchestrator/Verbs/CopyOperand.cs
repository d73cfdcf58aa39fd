namespace Devoxx.Orchestrator.Verbs;

/// <summary>What <c>cp</c> copies from or to.</summary>
/// <param name="Service">Null: this machine.</param>
/// <param name="Path">As typed.</param>
internal sealed record CopyOperand(string? Service, string Path)
{
    /// <summary>An archive on standard input or output.</summary>
    public bool IsStream => Service is null && Path == "-";

    /// <summary><c>SERVICE:PATH</c>, or a path: one that begins with a slash or a dot is of this machine, whatever colons it has.</summary>
    public static CopyOperand Parse(string text)
    {
        var colon = text.IndexOf(':');
        return text.StartsWith('/') || text.StartsWith('.') || colon <= 0 || text.AsSpan(0, colon).Contains('/')
            ? new CopyOperand(null, text)
            : new CopyOperand(text[..colon], text[(colon + 1)..] is { Length: > 0 } path ? path : throw new CommandFailedException($"\"{text}\" names no path: say {text}/"));
    }
}
