using System.Collections.Immutable;
using Devoxx.Compose.Values;

namespace Devoxx.Compose.Rendering;

/// <summary>
/// Writes the canonical form member by member, leaving out what the reference leaves out: absent, empty, zero and false,
/// unless a method says otherwise. JSON and YAML differ in a few members; those ask <see cref="IsYaml"/>.
/// </summary>
internal abstract class CanonicalWriter
{
    internal abstract bool IsYaml { get; }

    /// <summary>Secrets' contents and what else only the program itself may see are written too.</summary>
    internal bool Lossless { get; init; }

    internal abstract void BeginObject();
    internal abstract void EndObject();
    internal abstract void BeginArray();
    internal abstract void EndArray();
    internal abstract void Name(string key);
    internal abstract void StringValue(string value);

    /// <summary>A number, boolean or null, as it is to be printed.</summary>
    internal abstract void RawValue(string value);

    /// <summary>The name of a member that the reference's JSON and YAML call differently.</summary>
    internal string Key(string json, string yaml) => IsYaml ? yaml : json;

    internal void String(string key, string? value)
    {
        if (!string.IsNullOrEmpty(value)) AlwaysString(key, value);
    }

    internal void AlwaysString(string key, string value)
    {
        Name(key);
        StringValue(value);
    }

    internal void Flag(string key, bool value)
    {
        if (value) AlwaysFlag(key, true);
    }

    internal void AlwaysFlag(string key, bool value)
    {
        Name(key);
        RawValue(value ? "true" : "false");
    }

    internal void OptionalFlag(string key, bool? value)
    {
        if (value is { } flag) AlwaysFlag(key, flag);
    }

    internal void Number(string key, long? value)
    {
        if (value is { } number) AlwaysNumber(key, number);
    }

    internal void AlwaysNumber(string key, long value)
    {
        Name(key);
        RawValue(GoFormat.Integer(value));
    }

    /// <summary>The reference keeps these numbers in single precision.</summary>
    internal void Float(string key, double? value)
    {
        if (value is not { } number) return;
        Name(key);
        RawValue(GoFormat.JsonSingle((float)number));
    }

    internal void Bytes(string key, long? value)
    {
        if (value is { } bytes) AlwaysBytes(key, bytes);
    }

    internal void AlwaysBytes(string key, long value) => AlwaysString(key, GoFormat.Integer(value));

    internal void Duration(string key, TimeSpan? value)
    {
        if (value is { } duration) AlwaysString(key, Values.Duration.Print(duration));
    }

    internal void FileMode(string key, int? value)
    {
        if (value is { } mode) AlwaysString(key, "0" + Convert.ToString(mode, 8));
    }

    internal void Strings(string key, ImmutableArray<string> values)
    {
        if (values.Length == 0) return;
        Name(key);
        Array(values);
    }

    /// <summary>JSON tells an image's command (null) from none (empty); YAML leaves null out.</summary>
    internal void Command(string key, ImmutableArray<string>? words)
    {
        if (words is null && IsYaml) return;
        Name(key);
        if (words is { } list) Array(list);
        else RawValue("null");
    }

    internal void Mapping(string key, ImmutableSortedDictionary<string, string> map)
    {
        if (map.IsEmpty) return;
        Name(key);
        BeginObject();
        foreach (var (name, value) in Ordered(map)) AlwaysString(name, value);
        EndObject();
    }

    internal void MappingWithEquals(string key, ImmutableSortedDictionary<string, string?> map)
    {
        if (map.IsEmpty) return;
        Name(key);
        BeginObject();
        foreach (var (name, value) in Ordered(map))
        {
            Name(name);
            if (value is null) RawValue("null");
            else StringValue(value);
        }
        EndObject();
    }

    internal void MultiOptions(string key, ImmutableSortedDictionary<string, ImmutableArray<string>> map)
    {
        if (map.IsEmpty) return;
        Name(key);
        BeginObject();
        foreach (var (name, values) in Ordered(map))
        {
            Name(name);
            Array(values);
        }
        EndObject();
    }

    internal void Hosts(string key, ImmutableSortedDictionary<string, ImmutableArray<string>> hosts)
    {
        if (hosts.IsEmpty) return;
        Name(key);
        Array([.. hosts.SelectMany(host => host.Value.Select(address => host.Key + "=" + address)).Order(StringComparer.Ordinal)]);
    }

    internal void SshKeys(string key, ImmutableSortedDictionary<string, string> keys)
    {
        if (keys.IsEmpty) return;
        Name(key);
        Array([.. keys.Select(k => k.Value.Length == 0 ? k.Key : IsYaml ? k.Key + ": " + k.Value : k.Key + "=" + k.Value)]);
    }

    internal void Ulimits(string key, ImmutableSortedDictionary<string, Ulimit> limits)
    {
        if (limits.IsEmpty) return;
        Name(key);
        BeginObject();
        foreach (var (name, limit) in Ordered(limits))
        {
            Name(name);
            if (limit is { Single: true, Soft: not 0 })
            {
                RawValue(GoFormat.Integer(limit.Soft));
                continue;
            }
            BeginObject();
            if (limit.Soft != 0 || IsYaml) AlwaysNumber("soft", limit.Soft);
            if (limit.Hard != 0 || IsYaml) AlwaysNumber("hard", limit.Hard);
            EndObject();
        }
        EndObject();
    }

    internal void Object<T>(string key, T? value, Action<CanonicalWriter, T> write) where T : class
    {
        if (value is null) return;
        Name(key);
        write(this, value);
    }

    /// <summary>An object that is never absent: empty, the reference's JSON prints it and its YAML does not.</summary>
    internal void Struct<T>(string key, T value, Action<CanonicalWriter, T> write) where T : class, new()
    {
        if (!IsYaml || !value.Equals(new T())) Object(key, value, write);
    }

    internal void List<T>(string key, ImmutableArray<T> values, Action<CanonicalWriter, T> write)
    {
        if (values.Length == 0) return;
        Name(key);
        BeginArray();
        foreach (var value in values) write(this, value);
        EndArray();
    }

    internal void Dictionary<T>(string key, ImmutableSortedDictionary<string, T> map, Action<CanonicalWriter, T> write, bool always = false) where T : class
    {
        if (map.IsEmpty && !always) return;
        Name(key);
        BeginObject();
        foreach (var (name, value) in Ordered(map))
        {
            Name(name);
            write(this, value);
        }
        EndObject();
    }

    internal void NullableDictionary<T>(string key, ImmutableSortedDictionary<string, T?> map, Action<CanonicalWriter, T> write) where T : class
    {
        if (map.IsEmpty) return;
        Name(key);
        BeginObject();
        foreach (var (name, value) in Ordered(map))
        {
            Name(name);
            if (value is null) RawValue("null");
            else write(this, value);
        }
        EndObject();
    }

    /// <summary>The reference's JSON has no `x-…` keys below the top level; its YAML has.</summary>
    internal void Extensions(ImmutableSortedDictionary<string, string> extensions)
    {
        if (!IsYaml && !Lossless) return;
        foreach (var (name, json) in Ordered(extensions)) Extension(name, json);
    }

    internal void Extension(string name, string json)
    {
        Name(name);
        TreeJson.Write(this, json);
    }

    /// <summary>The reference's JSON sorts keys by code point; its YAML as <see cref="KeyOrder"/> does.</summary>
    internal IEnumerable<KeyValuePair<string, T>> Ordered<T>(IEnumerable<KeyValuePair<string, T>> map) =>
        map.OrderBy(static e => e.Key, IsYaml ? KeyOrder.Instance : StringComparer.Ordinal);

    private void Array(ImmutableArray<string> values)
    {
        BeginArray();
        foreach (var value in values) StringValue(value);
        EndArray();
    }
}
