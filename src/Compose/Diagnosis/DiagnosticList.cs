using System.Collections.Immutable;
using Devoxx.Compose.Tree;

namespace Devoxx.Compose.Diagnosis;

/// <summary>What was found so far, each finding once.</summary>
internal sealed class DiagnosticList
{
    /// <summary>More findings than this help nobody.</summary>
    private const int MaxErrors = 100;

    private readonly List<Diagnostic> _all = [];
    private readonly HashSet<Diagnostic> _seen = [];

    internal int Errors { get; private set; }

    internal void Error(Position position, string message) => Add(Severity.Error, position, message);

    internal void Warning(Position position, string message) => Add(Severity.Warning, position, message);

    internal ImmutableArray<Diagnostic> ToImmutable() => [.. _all];

    private void Add(Severity severity, Position position, string message)
    {
        if (severity == Severity.Error && Errors >= MaxErrors) return;
        var diagnostic = new Diagnostic(severity, position.File, position.Line, position.Column, message);
        if (!_seen.Add(diagnostic)) return;
        _all.Add(diagnostic);
        if (severity == Severity.Error) Errors++;
    }
}
