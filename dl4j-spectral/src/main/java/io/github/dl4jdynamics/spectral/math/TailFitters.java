/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Locale;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;

import static com.google.common.base.Preconditions.checkArgument;

/** Tail fits by the names that the released code of TempBalance, ModelBalancing and FARMS gives them. */
public final class TailFitters {

    private static final ImmutableMap<String, TailFitter> BY_NAME = ImmutableMap.<String, TailFitter>builder()
            .put("median", MedianFit.released())
            .put("xmin_mid", MedianFit.released())
            .put("median_paper", MedianFit.paper())
            .put("goodness-of-fit", new KolmogorovSmirnovFit())
            .put("dks", new KolmogorovSmirnovFit())
            .put("none", new KolmogorovSmirnovFit())
            .put("fix-finger", PeakFit.released())
            .put("xmin_peak", PeakFit.released())
            .put("xmin_peak_corrected", PeakFit.corrected())
            .build();

    private TailFitters() {}

    /**
     * The fit of this name with its default settings, upper and lower case alike.
     *
     * <ul>
     *   <li>{@code median}, {@code xmin_mid}: {@link MedianFit#released()}
     *   <li>{@code median_paper} (ours): {@link MedianFit#paper()}
     *   <li>{@code goodness-of-fit}, {@code DKS}, {@code none}: {@link KolmogorovSmirnovFit}
     *   <li>{@code fix-finger}, {@code xmin_peak}: {@link PeakFit#released()}
     *   <li>{@code xmin_peak_corrected} (ours): {@link PeakFit#corrected()}
     * </ul>
     *
     * @throws IllegalArgumentException if no fit has this name
     */
    public static TailFitter named(String name) {
        TailFitter fitter = BY_NAME.get(name.toLowerCase(Locale.ROOT));
        checkArgument(fitter != null, "name of a tail fit must be one of %s, got '%s'", names(), name);
        return fitter;
    }

    /** All names, in lower case. */
    public static ImmutableSet<String> names() {
        return BY_NAME.keySet();
    }
}
