namespace Devoxx.Native.Systemd;

/// <summary>systemd refuses, answers nothing, or is not understood.</summary>
/// <param name="name">Of the error on the bus, such as <see cref="NoSuchUnit"/>; null when it is none of the bus.</param>
public sealed class SystemdException(string message, string? name = null) : IOException("systemd: " + message)
{
    public const string NoSuchUnit = "org.freedesktop.systemd1.NoSuchUnit";

    /// <summary>A unit of this name is there already, or has a file.</summary>
    public const string UnitExists = "org.freedesktop.systemd1.UnitExists";

    public string? ErrorName => name;
}
