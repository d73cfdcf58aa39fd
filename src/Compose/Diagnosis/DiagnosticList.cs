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

    private string _context = "";

    internal int Errors { get; private set; }

    /// <summary>Until the result is disposed, findings end with the words given: how the loader came here.</summary>
    internal Context Within(string words)
    {
        var outer = _context;
        _context = words;
        return new Context(this, outer);
    }

    internal readonly struct Context(DiagnosticList list, string outer) : IDisposable
    {
        public void Dispose() => list._context = outer;
    }

    internal void Error(Position position, string message) => Add(Severity.Error, position, message);

    internal void Warning(Position position, string message) => Add(Severity.Warning, position, message);

    internal ImmutableArray<Diagnostic> ToImmutable() => [.. _all];

    private void Add(Severity severity, Position position, string message)
    {
        if (severity == Severity.Error && Errors >= MaxErrors) return;
        var diagnostic = new Diagnostic(severity, position.File, position.Line, position.Column, message + _context);
        if (!_seen.Add(diagnostic)) return;
        _all.Add(diagnostic);
        if (severity == Severity.Error) Errors++;
    }
}
