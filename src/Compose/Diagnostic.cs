namespace Devoxx.Compose;

public enum Severity { Error, Warning }

/// <summary>
/// Something the author of a stack file should know. The message says what is wrong and, after a semicolon, what would be
/// right. Line and column count from 1; line 0: the file as a whole.
/// </summary>
public sealed record Diagnostic(Severity Severity, string File, int Line, int Column, string Message)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}:{Column}: {Message}" : File.Length > 0 ? $"{File}: {Message}" : Message;
}
