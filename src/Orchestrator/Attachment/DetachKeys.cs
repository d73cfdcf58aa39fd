namespace Devoxx.Orchestrator.Attachment;

/// <summary>
/// The keys that let go of a container without ending it: <c>ctrl-p,ctrl-q</c>. Fed with what is typed, it gives out what is
/// for the container; the beginning of the sequence is held back until the next key shows what it was. Pure but for what it holds.
/// </summary>
internal sealed class DetachKeys
{
    public const string Default = "ctrl-p,ctrl-q";

    private readonly byte[] keys;
    private int matched;

    private DetachKeys(byte[] keys) => this.keys = keys;

    /// <summary>As docker writes them: a letter, or <c>ctrl-</c> and one of a to z, @, [, \, ], ^, _; commas between. Empty: none.</summary>
    /// <exception cref="CommandFailedException">Something else.</exception>
    public static DetachKeys Parse(string text) => new([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(key => key switch
    {
        [var only] when only < 128 => (byte)only,
        ['c', 't', 'r', 'l', '-', >= 'a' and <= 'z' and var letter] => (byte)(letter - 'a' + 1),
        ['c', 't', 'r', 'l', '-', '@'] => (byte)0,
        ['c', 't', 'r', 'l', '-', >= '[' and <= '_' and var sign] => (byte)(sign - '[' + 27),
        _ => throw new CommandFailedException($"invalid detach keys ({text}): unknown key \"{key}\"; say e.g. ctrl-p,ctrl-q"),
    })]);

    /// <summary>Takes in what was typed; true when the sequence is complete: the rest is nobody's.</summary>
    /// <param name="toContainer">What is for the container.</param>
    public bool Feed(ReadOnlySpan<byte> typed, List<byte> toContainer)
    {
        if (keys.Length == 0)
        {
            toContainer.AddRange(typed);
            return false;
        }

        foreach (var key in typed)
        {
            if (key != keys[matched])
            {
                toContainer.AddRange(keys.AsSpan(0, matched));
                matched = 0;
            }

            if (key != keys[matched])
            {
                toContainer.Add(key);
            }
            else if (++matched == keys.Length)
            {
                matched = 0;
                return true;
            }
        }

        return false;
    }
}
