using System.Collections;

namespace Devoxx.Compose.Tree;

/// <summary>A mapping with string keys, in the order they were written.</summary>
internal sealed class MappingNode(Position position) : Node(position), IEnumerable<MappingNode.Entry>
{
    /// <summary>Up to so many entries a scan is faster than hashing.</summary>
    private const int ScanLimit = 12;

    private readonly List<Entry> _entries = [];
    private Dictionary<string, int>? _index;

    public readonly record struct Entry(string Key, Node Value, Position KeyPosition);

    internal int Count => _entries.Count;

    internal Entry this[int index] => _entries[index];

    /// <summary>The value of a key, or null if the key is absent.</summary>
    internal Node? Find(string key)
    {
        var i = IndexOf(key);
        return i < 0 ? null : _entries[i].Value;
    }

    internal bool Has(string key) => IndexOf(key) >= 0;

    /// <summary>Where the key was written; the mapping's own position if the key is absent.</summary>
    internal Position KeyPosition(string key)
    {
        var i = IndexOf(key);
        return i < 0 ? Position : _entries[i].KeyPosition;
    }

    /// <summary>Adds the key at the end, or replaces its value in place.</summary>
    internal void Set(string key, Node value, Position? keyPosition = null)
    {
        var i = IndexOf(key);
        if (i >= 0)
        {
            _entries[i] = new Entry(key, value, keyPosition ?? _entries[i].KeyPosition);
            return;
        }
        _index?.Add(key, _entries.Count);
        _entries.Add(new Entry(key, value, keyPosition ?? value.Position));
    }

    internal void SetAt(int index, Node value) => _entries[index] = _entries[index] with { Value = value };

    internal void RemoveAt(int index)
    {
        _entries.RemoveAt(index);
        _index = null;
    }

    internal bool Remove(string key)
    {
        var i = IndexOf(key);
        if (i < 0) return false;
        RemoveAt(i);
        return true;
    }

    private int IndexOf(string key)
    {
        if (_entries.Count <= ScanLimit)
        {
            for (var i = 0; i < _entries.Count; i++)
                if (_entries[i].Key == key) return i;
            return -1;
        }
        if (_index is null)
        {
            _index = new Dictionary<string, int>(_entries.Count, StringComparer.Ordinal);
            for (var i = 0; i < _entries.Count; i++) _index.Add(_entries[i].Key, i);
        }
        return _index.GetValueOrDefault(key, -1);
    }

    internal override Node Clone()
    {
        var copy = new MappingNode(Position);
        foreach (var entry in _entries) copy._entries.Add(entry with { Value = entry.Value.Clone() });
        return copy;
    }

    internal override bool SameAs(Node other)
    {
        if (other is not MappingNode m || m.Count != Count) return false;
        foreach (var entry in _entries)
            if (m.Find(entry.Key) is not { } value || !entry.Value.SameAs(value)) return false;
        return true;
    }

    public List<Entry>.Enumerator GetEnumerator() => _entries.GetEnumerator();
    IEnumerator<Entry> IEnumerable<Entry>.GetEnumerator() => _entries.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => _entries.GetEnumerator();
}
