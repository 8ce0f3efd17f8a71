from coprod.core import formpack


class PublishForm(formpack.Form):
    """Nothing to fill in: the page says what will happen, and this says yes to it."""

    button = "Publish and invite people"
