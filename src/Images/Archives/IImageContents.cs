using Devoxx.Images.Layers;

namespace Devoxx.Images.Archives;

/// <summary>What an image archive or layout has, by path inside it.</summary>
internal interface IImageContents
{
    /// <summary>A small document; null when there is none.</summary>
    byte[]? Document(string path);

    /// <summary>Is there a layer of this name? It is not unpacked for that.</summary>
    bool Has(string path);

    /// <summary>A layer, unpacked or verified; null when there is none.</summary>
    StagedLayer? Layer(string path);
}
