namespace Devoxx.Compose;

/// <summary>A variable that Compose files mention.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Required">`${NAME:?…}` or `${NAME?…}`.</param>
/// <param name="DefaultValue">What stands behind `:-` or `-`.</param>
/// <param name="AlternateValue">What stands behind `:+` or `+`.</param>
public sealed record TemplateVariable(string Name, bool Required, string DefaultValue, string AlternateValue);
